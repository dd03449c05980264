"""Resident identity numbers, recognized only in order to be refused (GB 11643-1999).

    18 characters    division (6), date of birth YYYYMMDD, serial (3), check 0-9 or X
    15 digits        division (6), date of birth YYMMDD, serial (3); issued until 1999

`find` looks for them in any text. What counts as one number:

- full-width characters and the look-alikes of X are read as what they stand for;
- up to twenty blanks, hyphens, dots, slashes or underscores may stand between two
  digits of an 18-character number; a 15-digit one is whole, or grouped as 6-6-3;
- a number begins and ends where a group of digits does. Eighteen digits out of a longer
  group are none: serials that are put together from a division, a date and five or more
  digits are common on certificates, and one in eleven of them would be refused. Two
  places are read digit by digit all the same: a text that speaks of an identity card,
  and the column of tax numbers, where a sole proprietor's number is the owner's
  identity number with two digits added (`find_embedded`).

A certificate number of exactly 18 digits made of division, date and serial can't be
told from an identity number, and one in eleven is refused: the rule prefers that to the
other error. Nothing here returns or raises the number itself.

Source: GB 11643-1999; collisions and traps in the domain notes, section 8.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from enum import StrEnum

from xinheng.core.check_digits import passes_mod_11_10

LENGTH = 18
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
MODULUS = len(CHECK_CHARACTERS)  # 11
FIRST_YEAR, LAST_YEAR = 1900, 2099

# The first two digits of every division, those of residents of Taiwan, Hong Kong and
# Macau among them.
PROVINCES = frozenset(
    {
        *("11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35"),
        *("36", "37", "41", "42", "43", "44", "45", "46", "50", "51", "52", "53", "54"),
        *("61", "62", "63", "64", "65", "71", "81", "82", "83"),
    }
)
# Registration numbers of the national registry begin with 100000.
REGISTRIES = PROVINCES | {"10"}

# Read as a digit or as X: full-width characters, and the signs that people type for X.
FOLDED_FROM = "０１２３４５６７８９ＸｘxⅩⅹ×✕Хх"
FOLDED_TO = "0123456789XXXXXXXXX"
# What may stand between two digits: blanks, invisible marks, hyphens, dots.
SEPARATORS = (
    " \t\r\n\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
    "\u200a\u2028\u2029\u202f\u205f\u3000\u3164"
    "\xad\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060"
    "\u2066\u2067\u2068\u2069\ufeff"
    "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u30fc\ufe58\ufe63\uff0d\uff70"
    "_\uff3f./\u00b7\u2022\u30fb\u3002\uff0e\uff0f\uff61\uff65"
)
MAX_SEPARATORS = 20
# A text that holds one of these speaks of an identity number.
LABELS = ("身份证", "身份證", "公民身份", "居民身份")

_FOLD = str.maketrans(FOLDED_FROM, FOLDED_TO)
_UNSEPARATED = str.maketrans("", "", SEPARATORS)
_S = f"[{re.escape(SEPARATORS)}]"
_GAP = f"{_S}{{0,{MAX_SEPARATORS}}}"
_BREAK = f"{_S}{{1,{MAX_SEPARATORS}}}"
_BODY_18 = f"[0-9](?:{_GAP}[0-9]){{16}}{_GAP}"
# Look-aheads, so that numbers that overlap are each tried.
_WHOLE_18 = re.compile(f"(?<![0-9])(?=({_BODY_18}(?:X|[0-9](?![0-9]))))")
_ANY_18 = re.compile(f"(?=({_BODY_18}[0-9X]))")
_WHOLE_15 = re.compile(
    f"(?<![0-9])(?=([0-9]{{15}}|[0-9]{{6}}{_BREAK}[0-9]{{6}}{_BREAK}[0-9]{{3}})(?![0-9X]))"
)


class Kind(StrEnum):
    """How sure it is that a text holds the number of a person."""

    CERTAIN = "certain"  # the row is refused
    SUSPECTED = "suspected"  # the row is kept aside until a person decides


def is_resident_id_18(text: str) -> bool:
    """Tell whether the text is an 18-character number: place, date and check all right.

    The text holds nothing else: no blanks, X in upper case.
    """
    return (
        len(text) == LENGTH
        and text.isascii()
        and text[:-1].isdigit()
        and text[:2] in PROVINCES
        and _is_date(text[6:10], text[10:12], text[12:14])
        and text[-1] == _check_character(text[:-1])
    )


def is_resident_id_15_shape(text: str) -> bool:
    """Tell whether the text is 15 digits with a place and a date of the 20th century.

    There is no check character, so the shape is all there is to go by.
    """
    return (
        len(text) == 15
        and text.isascii()
        and text.isdigit()
        and text[:2] in PROVINCES
        and _is_date("19" + text[6:8], text[8:10], text[10:12])
    )


def find(text: str) -> Kind | None:
    """Return how surely the text holds an identity number, null where it holds none.

    Fifteen digits that pass the check of a registration number are SUSPECTED, because
    one old identity number in ten passes it; ID-shaped ones that fail it are CERTAIN.
    """
    if len(text) < 15:
        return None
    folded = text.translate(_FOLD)
    pattern = _ANY_18 if any(label in text for label in LABELS) else _WHOLE_18
    return _strongest(folded, pattern)


def find_embedded(text: str) -> Kind | None:
    """Do as `find`, but read longer groups of digits through: for tax numbers."""
    return _strongest(text.translate(_FOLD), _ANY_18)


def find_in_registration_number(text: str) -> Kind | None:
    """Do as `find` for a column of registration numbers, where 15 digits are expected.

    Only those that look like an identity number, too, are SUSPECTED there.
    """
    kind = find(text)
    if kind is not Kind.SUSPECTED:
        return kind
    numbers = _numbers(text.translate(_FOLD), _WHOLE_15)
    return kind if any(map(is_resident_id_15_shape, numbers)) else None


def _strongest(folded: str, pattern: re.Pattern[str]) -> Kind | None:
    if any(is_resident_id_18(number) for number in _numbers(folded, pattern)):
        return Kind.CERTAIN
    kinds = {_kind_15(number) for number in _numbers(folded, _WHOLE_15)}
    if Kind.CERTAIN in kinds:
        return Kind.CERTAIN
    return Kind.SUSPECTED if Kind.SUSPECTED in kinds else None


def _numbers(folded: str, pattern: re.Pattern[str]) -> Iterator[str]:
    for match in pattern.finditer(folded):
        yield match.group(1).translate(_UNSEPARATED)


def _kind_15(number: str) -> Kind | None:
    if passes_mod_11_10(number):
        return Kind.SUSPECTED if number[:2] in REGISTRIES else None
    return Kind.CERTAIN if is_resident_id_15_shape(number) else None


def _check_character(body: str) -> str:
    total = sum(int(digit) * w for digit, w in zip(body, WEIGHTS, strict=True))
    return CHECK_CHARACTERS[total % MODULUS]


def _is_date(year: str, month: str, day: str) -> bool:
    if not FIRST_YEAR <= int(year) <= LAST_YEAR:
        return False
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True
