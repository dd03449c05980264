"""Names of organizations as they are compared: letters and numbers, nothing else.

| step | example |
|---|---|
| compatibility forms (Unicode NFKC) | `Ａ` and `Ⓐ` become `A`, `㈱` becomes `株` |
| capital letters | `a` becomes `A` |
| simplified characters, one for one | `鋼` becomes `钢` |
| brackets, blanks, punctuation, symbols, zero-width characters | dropped |

Phrases are not converted: `乾` is `干` everywhere, because both sides of a comparison
pass through here and only have to become equal. What is dropped never tells two
organizations apart in law; what stays is for the reader of names to weigh.

Source: Unicode Standard Annex 15 (NFKC) and general categories.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

# Letters by their category, blank to the eye: the fillers of Hangul.
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0")


def fold(text: str, simplified: Mapping[int, str]) -> str:
    """Return the name as it is compared; folding it again changes nothing.

    `simplified` gives the simplified character of a traditional one by its number, and
    must give no character that it converts itself. Any text is taken, also one that is
    no Unicode text (lone surrogates are dropped); the answer may be empty.
    """
    folded = _once(text, simplified)
    # What was dropped may have kept two parts of one letter apart.
    while (again := _once(folded, simplified)) != folded:
        folded = again
    return folded


def stays(character: str) -> bool:
    """Return whether the character is a letter or number that a reader can see."""
    return (
        unicodedata.category(character)[0] in "LN" and character not in _BLANK_LETTERS
    )


def _once(text: str, simplified: Mapping[int, str]) -> str:
    capital = unicodedata.normalize("NFKC", text).upper()
    compared = unicodedata.normalize("NFKC", capital).translate(simplified)
    if compared.isalnum() and _BLANK_LETTERS.isdisjoint(compared):
        return compared
    return "".join(filter(stays, compared))
