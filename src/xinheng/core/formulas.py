"""Cells that a spreadsheet would run, in files that we hand out.

A cell of a CSV file that begins with one of these signs is taken for a formula when
somebody opens it, and its text came from a stranger. With an apostrophe before it a
spreadsheet shows it as text. Full-width signs count too: Chinese and Japanese versions
read them as the narrow ones.

Source: OWASP, CSV Injection.
"""

from __future__ import annotations

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
APOSTROPHE = "'"


def disarmed(cell: object) -> str:
    """Return the cell as text that no spreadsheet takes for a formula; null is blank.

    >>> disarmed("=1+1")
    "'=1+1"
    >>> disarmed(-3)
    "'-3"
    >>> disarmed("示例")
    '示例'
    """
    text = "" if cell is None else str(cell)
    return f"{APOSTROPHE}{text}" if text.startswith(STARTS) else text
