"""How the header of a column is compared with the names of a field.

Units write the same header in many ways: `XK_XDR_MC`, `xk_xdr_mc`, `xkXdrMc`,
full-width letters, brackets of either width, a blank before the bracket, a line break
in a narrow cell. All that carries no meaning is left out before the comparison; nothing
is guessed.
"""

from __future__ import annotations

import re
import unicodedata

# What templates add to a header to say whether the column must be filled in.
_REQUIRED_MARK = re.compile(
    r"[*＊]|[（(\[【]\s*(?:非必填|必填|必填项|选填|选填项|可选)\s*[)）\]】]"
)
# Rows of such words stand between a template's header and its first row.
_MARKS = frozenset(
    ("必填", "必填项", "非必填", "选填", "选填项", "可选", "条件必填", "REQUIRED")
) | {"OPTIONAL"}
_NUMBER = re.compile(r"(.*?)([1-9])")


def normalize(header: str) -> str:
    """Return the header's letters and digits alone: half width, upper case.

    >>> normalize(" 罚款金额 (万元)") == normalize("罚款金额（万元）")
    True
    >>> normalize("xkXdrMc") == normalize("XK_XDR_MC")
    True
    """
    folded = unicodedata.normalize("NFKC", header).upper()
    return "".join(character for character in folded if character.isalnum())


def fold(header: str) -> str:
    """Do as `normalize`, and leave out the marks that templates add.

    >>> fold("* 处罚类别（必填）") == normalize("处罚类别")
    True
    """
    return normalize(_REQUIRED_MARK.sub("", header))


def is_mark(cell: str) -> bool:
    """Tell whether a cell only says that its column must or may be filled in."""
    return normalize(cell) in _MARKS


def numbered(header: str) -> tuple[str, int] | None:
    """Return the stem and the number of a header that ends in one, else null.

    >>> numbered("CF_CFLB2") == (normalize("CF_CFLB"), 2)
    True
    """
    found = _NUMBER.fullmatch(fold(header))
    return (found[1], int(found[2])) if found else None
