"""Names of organizations as they are compared with those that a register holds.

Width, case, blanks, marks without width and the kind of brackets say nothing about whom
a name means: 示例（市）A公司, 示例(市)ａ公司 and 示例[市]A 公司 are one name.
Everything else does, so nothing else is folded.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

OPENING, CLOSING = "[{<〔【〈《", "]}>〕】〉》"
# What is white space anywhere, and marks without width; named one by one, so that every
# engine drops the same.
NOTHING = (
    "\t\n\x0b\x0c\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
    "\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
    "\u200b\u200c\u200d\u200e\u200f\ufeff"
)

_BRACKETS = str.maketrans(OPENING + CLOSING, "(" * len(OPENING) + ")" * len(CLOSING))
_NOTHING = re.compile(f"[{NOTHING}]")


def fold(name: str) -> str:
    """Return the name without what carries no meaning; equal folds mean one name."""
    narrow = unicodedata.normalize("NFKC", name).upper()
    return _NOTHING.sub("", narrow).translate(_BRACKETS)


def is_held(name: str, held: Iterable[str]) -> bool:
    """Tell whether the register holds the name, its former names among `held`."""
    return fold(name) in {fold(other) for other in held}
