"""The code of a receipt: an address that only who holds the receipt can name.

    17-3F7K-9QWD-0ABC-XY2M      the place in the ledger, and 80 bits of its salt's hash

The digests of entries are public, their salts are not, so a code can't be computed from
what mirrors hold, nor guessed. Letters are those of Crockford's base 32: no I, L, O, U.
"""

from __future__ import annotations

import hmac
import re
from hashlib import sha256

from xinheng.apps.ledger import queries
from xinheng.apps.ledger.queries import EntryView

PURPOSE = b"xinheng-receipt-code/1"
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PATTERN = rf"\d{{1,15}}(?:-[{LETTERS}]{{4}}){{4}}"
GROUPS, GROUP = 4, 4
_ALIKE = str.maketrans("ILO", "110")


class UnknownCodeError(LookupError):
    """No receipt has this code."""


class ErasedReceiptError(LookupError):
    """The entry at that place lost its content, so no code leads to it any more."""

    def __init__(self, seq: int) -> None:
        super().__init__(f"the content of entry {seq} was erased")
        self.seq = seq


def code_of(entry: EntryView) -> str | None:
    """Return the code of an entry's receipt; null once its content is erased."""
    if entry.salt is None:
        return None
    number = int.from_bytes(sha256(PURPOSE + bytes.fromhex(entry.salt)).digest(), "big")
    signs = [LETTERS[number >> 5 * place & 31] for place in range(GROUPS * GROUP)]
    groups = ["".join(signs[at : at + GROUP]) for at in range(0, len(signs), GROUP)]
    return "-".join([str(entry.seq), *groups])


def normalized(text: str) -> str:
    """Return a code as it is written, from what a person typed."""
    folded = "".join(text.split()).upper().translate(_ALIKE)
    return folded.replace("\u2010", "-").replace("\uff0d", "-")


def find(code: str) -> EntryView:
    """Return the entry that a code names.

    Raises:
        ErasedReceiptError: where the content at that place was erased.
        UnknownCodeError: where there is none.
    """
    if not re.fullmatch(PATTERN, code, re.ASCII):
        raise UnknownCodeError(code)
    try:
        entry = queries.get_entry(int(code.partition("-")[0]))
    except queries.UnknownEntryError:
        raise UnknownCodeError(code) from None
    wanted = code_of(entry)
    if wanted is None:
        raise ErasedReceiptError(entry.seq)
    if not hmac.compare_digest(wanted, code):
        raise UnknownCodeError(code)
    return entry
