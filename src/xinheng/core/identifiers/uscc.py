"""Unified social credit code of an organization (GB 32100-2015, Amendment 1 of 2016).

Eighteen characters, each a digit or one of A-Z without I, O, S, V, Z:

    1      registering authority
    2      kind of organization
    3-8    administrative division, six digits
    9-17   organization code, which carries a check character of its own
    18     check character over the first seventeen, modulo 31

This module is the reference: `xinheng.pipeline.checks.uscc` repeats the arithmetic on
columns and is tested to agree with it on every input.

Source: GB 32100-2015 and GB 11714-1997; vectors in the domain notes, section 2.
"""

from __future__ import annotations

from dataclasses import dataclass

from xinheng.core.identifiers import organization_code
from xinheng.core.identifiers.blanks import BLANKS

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
MODULUS = len(ALPHABET)  # 31
LENGTH = 18
WEIGHTS = tuple(pow(3, position, MODULUS) for position in range(LENGTH - 1))

# The failed rules that `reason` names, in the order in which they are tried.
REASONS = ("length", "alphabet", "division", "organization_code", "check_character")

# Registering authority (character 1) -> the kinds that it gives codes to (character 2).
# Letters seen elsewhere (G, J, M, Q) stand in no published table: a notice, no refusal.
AUTHORITIES = {
    "1": "1239",  # staffing office: organs, public institutions, mass organizations
    "2": "19",  # foreign affairs: foreign news offices
    "3": "123459",  # justice: law firms, notaries, forensics, arbitration
    "4": "19",  # culture: foreign cultural centers
    "5": "1239",  # civil affairs: associations, private non-enterprises, foundations
    "6": "129",  # tourism: offices of foreign, Hong Kong and Macau bodies
    "7": "129",  # religion: places of worship, schools
    "8": "19",  # trade unions
    "9": "123",  # market supervision: enterprises, sole proprietors, cooperatives
    "A": "19",  # the military staffing office
    "N": "1239",  # agriculture: collective economic organizations
    "Y": "1",  # others
}

_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_NO_DIVISION = "000000"


class InvalidUsccError(ValueError):
    """The text is not a unified social credit code.

    `reason` is one of REASONS: the rule that a source unit is shown. The text itself is
    no part of the error, because it may turn out to be a person's number.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"not a unified social credit code: {reason}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Uscc:
    """A code that has passed every check; build one with `parse`."""

    text: str

    @property
    def authority(self) -> str:
        """Registering authority (character 1)."""
        return self.text[0]

    @property
    def kind(self) -> str:
        """Kind of organization (character 2), to be read with the authority."""
        return self.text[1]

    @property
    def division(self) -> str:
        """Six-digit administrative division (characters 3-8)."""
        return self.text[2:8]

    @property
    def organization_code(self) -> str:
        """Nine-character organization code (characters 9-17)."""
        return self.text[8:17]


def normalize(text: str) -> str:
    """Return the code as the checks read it: no outer blanks, upper case.

    Nothing else is repaired, because a guessed code would list the wrong organization.
    Text that is not ASCII keeps its case: some ligatures grow into letters of the
    alphabet when they are raised.
    """
    code = text.strip(BLANKS)
    return code.upper() if code.isascii() else code


def parse(text: str) -> Uscc:
    """Read a code as a person may have typed it (see `normalize`).

    Raises:
        InvalidUsccError: with the first rule that fails, in the order of REASONS.
    """
    failed = reason(text)
    if failed is not None:
        raise InvalidUsccError(failed)
    return Uscc(normalize(text))


def reason(text: str) -> str | None:
    """Return the first failed rule, in the order of REASONS; null where it is valid.

    `division` asks for six digits that are not all zero, `organization_code` for the
    inner check character; whether the division exists is asked elsewhere.
    """
    code = normalize(text)
    if len(code) != LENGTH:
        return "length"
    if any(character not in _VALUES for character in code):
        return "alphabet"
    if not code[2:8].isdigit() or code[2:8] == _NO_DIVISION:
        return "division"
    if not organization_code.is_valid(code[8:17]):
        return "organization_code"
    if code[-1] != check_character(code[:-1]):
        return "check_character"
    return None


def check_character(body: str) -> str:
    """Return the 18th character for the first seventeen (upper case, in ALPHABET).

    Raises:
        KeyError: for a character outside ALPHABET.
        ValueError: for a text of another length.
    """
    total = sum(_VALUES[c] * w for c, w in zip(body, WEIGHTS, strict=True))
    return ALPHABET[-total % MODULUS]


def is_known_authority_and_kind(code: str) -> bool:
    """Tell whether characters 1 and 2 stand together in the published table."""
    return len(code) > 1 and code[1] in AUTHORITIES.get(code[0], "")
