"""Organization code (组织机构代码, GB 11714-1997): nine characters.

    1-8    a digit or one of A-Z each
    9      check character over the first eight, modulo 11: a digit or X

On paper a hyphen stands before the check character. The same nine characters are
characters 9-17 of the unified code that replaced it.

Source: GB 11714-1997; weights and vectors in the domain notes, section 2.2.
"""

from __future__ import annotations

from xinheng.core.identifiers.blanks import BLANKS

LENGTH = 9
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
MODULUS = 11
CHECK_CHARACTERS = "0123456789X"

# The failed rules that `reason` names, in the order in which they are tried.
REASONS = ("length", "alphabet", "check_character")

_VALUES = {character: value for value, character in enumerate(ALPHABET)}


def normalize(text: str) -> str:
    """Return the code as the checks read it: no outer blanks, upper case, no hyphen.

    Only the hyphen before the ninth character is dropped. Text that is not ASCII keeps
    its case, because no check can pass it.
    """
    code = text.strip(BLANKS)
    if code.isascii():
        code = code.upper()
    if len(code) == LENGTH + 1 and code[LENGTH - 1] == "-":
        code = code[: LENGTH - 1] + code[LENGTH:]
    return code


def check_character(first_eight: str) -> str:
    """Return the ninth character for the first eight (upper case, in ALPHABET).

    Raises:
        KeyError: for a character outside ALPHABET.
        ValueError: for a text of another length.
    """
    total = sum(_VALUES[c] * w for c, w in zip(first_eight, WEIGHTS, strict=True))
    return CHECK_CHARACTERS[-total % MODULUS]


def reason(text: str) -> str | None:
    """Return the first failed rule, in the order of REASONS; null where it is valid."""
    code = normalize(text)
    if len(code) != LENGTH:
        return "length"
    if any(character not in _VALUES for character in code):
        return "alphabet"
    if code[-1] != check_character(code[:-1]):
        return "check_character"
    return None


def is_valid(text: str) -> bool:
    """Tell whether the text is an organization code whose check character is right."""
    return reason(text) is None
