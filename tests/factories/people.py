"""Identity numbers that nobody has, and the many ways in which people write them."""

from __future__ import annotations

import random
import re
import unicodedata

import polars as pl

from xinheng.core import check_digits
from xinheng.core.screening import personal_id

# The fictional city's division, some real ones, a province that has none but Taiwan's.
DIVISIONS = ("210899", "110105", "440305", "210804", "659004", "522723", "810000")
_SEPARATORS = (" ", "  ", "-", "–", ".", "\u3000", "\u202f", "\u200b", "\xa0", "·")
_WIDE = {ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789X"}
_X = str.maketrans(dict.fromkeys("×✕ХⅩ", "X"))


def number_18(chance: random.Random) -> str:
    """Return 18 characters of which the last checks the others."""
    body = f"{chance.choice(DIVISIONS)}{_born(chance, 1930, 2015)}{_serial(chance)}"
    return next(
        body + last
        for last in personal_id.CHECK_CHARACTERS
        if personal_id.is_resident_id_18(body + last)
    )


def number_15(chance: random.Random) -> str:
    """Return 15 digits of a person that are no registration number as well."""
    while True:
        born = _born(chance, 1930, 1999)[2:]
        number = f"{chance.choice(DIVISIONS)}{born}{_serial(chance)}"
        if not check_digits.passes_mod_11_10(number):
            return number


def number(chance: random.Random) -> str:
    return chance.choice((number_18, number_18, number_15))(chance)


def written(number: str, chance: random.Random) -> str:
    """Return the number as somebody may have typed it, with words around it or none."""
    ways = (
        number,
        _grouped(number, chance.choice(_SEPARATORS)),
        number.translate(_WIDE),
        number.lower(),
        number.replace("X", chance.choice("×✕ХⅩ")),
    )
    surroundings = (
        "{}",
        "身份证{}",
        "联系人示例甲，证件号码{}，电话0417-0000000",
        "（{}）",
        " {} ",
        "第一行\n{}\n第三行",
        '"{}"',
        "A{}号",
    )
    return chance.choice(surroundings).format(chance.choice(ways))


def plain(text: str) -> str:
    """Return the digits and X of a text without all that may stand between them."""
    narrow = unicodedata.normalize("NFKC", text.translate(_X)).upper()
    return re.sub("[^0-9X]", "", narrow)


def holds(text: str, *numbers: str) -> bool:
    """Tell whether a text holds one of the numbers, however it is written there."""
    digits = pl.Series([plain(text)])
    return bool(digits.str.contains_any(list(numbers)).item())


def _grouped(number: str, separator: str) -> str:
    day = 14 if len(number) == personal_id.LENGTH else 12
    return separator.join((number[:6], number[6:day], number[day:]))


def _born(chance: random.Random, first: int, last: int) -> str:
    year, month = chance.randint(first, last), chance.randint(1, 12)
    return f"{year}{month:02}{chance.randint(1, 28):02}"


def _serial(chance: random.Random) -> str:
    return f"{chance.randrange(1000):03}"
