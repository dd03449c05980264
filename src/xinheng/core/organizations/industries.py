"""Industries (GB/T 4754): a section's letter, then two to four digits.

    A         section
    A01       division
    A011      group
    A0111     class

Registers write the digits alone, too; the division says which section they belong to.
Only sections and the divisions within them are known here: groups and classes are taken
by their form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

# A letter, then none or two to four digits; or the digits alone.
MOST_DIGITS = 4
PATTERN = f"[A-Z]|[A-Z]?[0-9]{{2,{MOST_DIGITS}}}"

_FORM = re.compile(PATTERN)


@dataclass(frozen=True, slots=True)
class Section:
    """A section: its letter, and its divisions from `first` to `last` inclusive."""

    letter: str
    first: int
    last: int
    title: str
    title_en: str


def read(text: str, sections: Iterable[Section]) -> str | None:
    """Return the code with its section's letter, null where it is none.

    >>> read("0111", [Section("A", 1, 5, "农、林、牧、渔业", "Agriculture")])
    'A0111'
    """
    code = text.strip().upper()
    if not _FORM.fullmatch(code):
        return None
    letter, digits = (code[0], code[1:]) if code[0].isalpha() else ("", code)
    for section in sections:
        holds = not digits or section.first <= int(digits[:2]) <= section.last
        if letter in ("", section.letter) and holds:
            return section.letter + digits
    return None
