"""Initials of names in pinyin: `示例特钢` is typed as `SLTG`.

Each Chinese character gives the first letter of its reading, every other character
stands for itself, so the initials are as long as the name. Where a word decides the
reading (`重庆` is CQ, `银行` YH), the word's reading is taken: of all the words that
pypinyin knows, those count whose initials differ from their characters' own.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import polars as pl
from pypinyin import Style, lazy_pinyin
from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

# Longer phrases are sayings, which no organization is called after.
_LONGEST_WORD = 4


def initials(names: pl.Series) -> pl.Series:
    """Return the initials of folded names, in capitals; null stays null."""
    words, letters = _words(), _letters()
    # The longest of the words that begin at one place stands first and wins.
    read = names.str.replace_many(list(words), list(words.values()), leftmost=True)
    distinct = read.str.join("").str.split("").explode().drop_nulls().unique()
    known = [character for character in distinct if character in letters]
    if not known:
        return read
    return read.str.replace_many(known, [letters[each] for each in known])


@cache
def _letters() -> Mapping[str, str]:
    """Return the first letter of each character's usual reading."""
    return {
        chr(number): letter
        for number in PINYIN_DICT
        if (letter := _read(chr(number))).isascii()
    }


@cache
def _words() -> Mapping[str, str]:
    """Return the words whose initials their characters alone do not give."""
    letters = _letters()
    found = {
        word: read
        for word in PHRASES_DICT
        if 1 < len(word) <= _LONGEST_WORD
        and all(character in letters for character in word)
        and (read := _read(word)) != "".join(letters[each] for each in word)
        and len(read) == len(word)
    }
    return dict(sorted(found.items(), key=lambda item: -len(item[0])))


def _read(text: str) -> str:
    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).upper()
