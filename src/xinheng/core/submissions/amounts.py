"""Sums of money as decisions state them in words, compared with a column of numbers.

    罚款2000元    罚款人民币贰仟元整（￥2,000.00元）    处2千元罚款    罚款5万元

Forms count fines in 10,000 yuan, and clerks type yuan: 2000 for 0.2. The text of the
decision tells the two apart. It is read with care, because a question to a person costs
time: a number disagrees only where no sum of the amounts in the text, rounded or not,
can be meant by it. Nothing is said of a text that multiplies (每人, 二倍), quotes a
range (以上, 以下), names another currency, or holds more than `MOST_AMOUNTS` amounts.

Source: reasons of rejection at an upper platform, domain notes 6.3 (R-AMOUNT).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations

MOST_AMOUNTS = 6
# Yuan for one of the column's unit.
UNITS = {"元": Decimal(1), "万元": Decimal(10_000)}
_LONGEST_NUMBER = 32  # characters; what is longer is no sum of money
FEWEST_PLACES = 2  # a column may always round to so many decimal places

_DIGITS = {
    sign: value
    for value, signs in enumerate(
        (
            "〇零",
            "一壹",
            "二两贰",
            "三叁",
            "四肆",
            "五伍",
            "六陆",
            "七柒",
            "八捌",
            "九玖",
        )
    )
    for sign in signs
}
_SMALL = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_GREAT = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}

# Signs that are part of a number, in character classes of any engine.
NUMERALS = "".join((*_DIGITS, *_SMALL, *_GREAT))
# What follows 元 where it is no yuan: 元旦, 元月, 元宵, 元件, 元素.
OTHER_WORDS = "旦月宵件素"

_FOLD = str.maketrans("０１２３４５６７８９．，￥", "0123456789.,¥")
_ARABIC = r"[0-9]{1,3}(?:,[0-9]{3})++(?![0-9])(?:\.[0-9]++)?|[0-9]++(?:\.[0-9]++)?"
_NUMBER = rf"(?<![0-9.{NUMERALS}])((?:{_ARABIC}|[{NUMERALS}])++)"
_SIGN = f"[0-9{''.join(_DIGITS)}]"
_AMOUNT = re.compile(
    rf"{_NUMBER} ?[元圆](?![{OTHER_WORDS}])(?:({_SIGN})角)?(?:零?({_SIGN})分)?"
)
# Without 元 only what can hardly be anything else: 罚款5万, ￥2000.
_BARE = re.compile(rf"{_NUMBER}(?<=[{''.join(_GREAT)}])(?! ?[元圆])|¥ ?({_ARABIC})")
_PART = re.compile(rf"({_ARABIC})|([{NUMERALS}])")
_UNSURE = re.compile(
    "[每各倍%％‰]|按日|百分|分之|以上|以下|不超过|美元|美金|欧元|港元|港币"
)
_BREAK = re.compile("[，,。；;、\n]")


def disagrees(text: str, amount: Decimal, *, word: str, unit: str) -> bool:
    """Tell whether the amount can't be what the text states behind or before the word.

    `amount` is in `unit`, one of UNITS. `word` says which sum is meant (`罚款`): where
    no amount stands in one clause with it, nothing is compared, nor is an amount below
    nothing, which another rule refuses.
    """
    folded = text.translate(_FOLD)
    if amount < 0 or _UNSURE.search(folded):
        return False
    amounts = [yuan for yuan, _ in _amounts(folded)]
    if len(amounts) > MOST_AMOUNTS or not _is_stated(folded, word):
        return False
    return not any(_is_same(amount, total / UNITS[unit]) for total in _sums(amounts))


def _is_stated(folded: str, word: str) -> bool:
    return any(
        word in _BREAK.split(folded[: match.start()])[-1]
        or folded[match.end() :].removeprefix("整").removeprefix("的").startswith(word)
        for yuan, match in _amounts(folded)
        if yuan
    )


def _amounts(folded: str) -> Iterator[tuple[Decimal, re.Match[str]]]:
    """Yield every amount in yuan with the place where it stands."""
    for match in _AMOUNT.finditer(folded):
        yuan = _number(match[1])
        if yuan is not None:
            yield yuan + _cents(match[2], match[3]), match
    for match in _BARE.finditer(folded):
        yuan = _number(match[1] or match[2])
        if yuan is not None:
            yield yuan, match


def _number(text: str) -> Decimal | None:
    """Read a number of Arabic digits, Chinese numerals or both, null if it is none.

    What has no digit before its unit (数千, 万元) is none; 十 alone is ten.
    """
    if len(text) > _LONGEST_NUMBER:
        return None
    total = section = Decimal(0)
    digits: Decimal | None = None
    for arabic, sign in _PART.findall(text):
        if arabic:
            digits = Decimal(arabic.replace(",", ""))
        elif sign in _DIGITS:
            digits = (digits or 0) * 10 + Decimal(_DIGITS[sign])
        elif sign in _SMALL:
            if digits is None and _SMALL[sign] > 10:
                return None
            section += (Decimal(1) if digits is None else digits) * _SMALL[sign]
            digits = None
        else:
            section += digits or 0
            if not section + total:
                return None
            # 亿 multiplies all before it, 万 what stands behind the last 亿.
            whole = _GREAT[sign] > 10_000
            total = (
                (total + section) * _GREAT[sign]
                if whole
                else (total + section * _GREAT[sign])
            )
            section, digits = Decimal(0), None
    return total + section + (digits or 0)


def _cents(jiao: str | None, fen: str | None) -> Decimal:
    tenths = Decimal(_digit(jiao)) / 10
    return tenths + Decimal(_digit(fen)) / 100


def _digit(sign: str | None) -> int:
    if sign is None:
        return 0
    return int(sign) if sign.isdecimal() else _DIGITS[sign]


def _sums(amounts: list[Decimal]) -> Iterator[Decimal]:
    for count in range(1, len(amounts) + 1):
        for some in combinations(amounts, count):
            yield sum(some, Decimal(0))


def _is_same(amount: Decimal, stated: Decimal) -> bool:
    """Tell whether `amount` may be `stated`, exactly or with places rounded off."""
    if amount == stated:
        return True
    exponent = amount.normalize().as_tuple().exponent
    places = max(FEWEST_PLACES, -int(exponent))
    return amount > 0 and abs(amount - stated) < Decimal(1).scaleb(-places)
