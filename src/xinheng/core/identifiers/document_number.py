"""Numbers of official documents (文书号), in one spelling so that equal ones are equal.

One decision is cited as 示环罚〔2019〕12号, 示环罚(2019)12号 or 示环罚【2019】12号;
the first, in the official style, stands for all: tortoise-shell brackets, narrow
characters, capitals, no blanks. It serves as a key; what was handed in is stored as it
is.
"""

from __future__ import annotations

from xinheng.core.identifiers.blanks import BLANKS

_OPENING = "〔([{<（［｛＜【〖「『《〈❲﹝⦗⟦"
_CLOSING = "〕)]}>）］｝＞】〗」』》〉❳﹞⦘⟧"
_HYPHENS = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d"
_INVISIBLE = "\xad\u200b\u200c\u200d\u2060\ufeff"
_TO_NARROW = 0xFF01 - ord("!")  # full-width ASCII is ASCII, so much further up


def _foldings() -> dict[str, str]:
    narrow = {chr(code + _TO_NARROW): chr(code).upper() for code in range(33, 127)}
    capitals = {chr(code): chr(code).upper() for code in range(ord("a"), ord("z") + 1)}
    return {
        **narrow,
        **capitals,
        **dict.fromkeys(_OPENING[1:], _OPENING[0]),
        **dict.fromkeys(_CLOSING[1:], _CLOSING[0]),
        **dict.fromkeys(_HYPHENS, "-"),
        **dict.fromkeys(BLANKS + _INVISIBLE, ""),
    }


# Character -> what stands for it in the common spelling; all others stay.
FOLDINGS = _foldings()

_TABLE = str.maketrans(FOLDINGS)


def normalize(text: str) -> str:
    """Return the number in the common spelling; doing it twice changes nothing more."""
    return text.translate(_TABLE)
