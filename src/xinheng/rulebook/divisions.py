"""Administrative divisions: the six-digit codes that were ever in use (GB/T 2260).

A unified code keeps the division in which its organization was first registered, so
divisions that were merged or renamed long ago still count. Registries also give out
codes of development zones that are in no list, so a division that isn't in this one is
worth a notice, never a refusal. 210899 is in no list; the demo uses it, as fiction, for
its organizations.

Source: the history of codes that python-stdnum carries for its own checks
(`cn/loc.dat`, compiled from the Chinese Wikipedia); read as data, not copied.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

_PROVINCE_DIGITS = 2
_COUNTY_DIGITS = 4


@cache
def load() -> frozenset[str]:
    """Return every six-digit code that was ever in use, provinces among them.

    Raises:
        FileNotFoundError: where the library no longer carries the list.
    """
    listed = resources.files("stdnum").joinpath("cn/loc.dat")
    return frozenset(_codes(listed.read_text(encoding="utf-8")))


def _codes(text: str) -> list[str]:
    """Return the codes of a list: a line for each province, then its counties."""
    codes = []
    province = ""
    for line in text.splitlines():
        number = line.split(maxsplit=1)[0] if line.strip() else ""
        if line.startswith(" ") and len(number) == _COUNTY_DIGITS:
            codes.append(province + number)
        elif number.isdigit() and len(number) == _PROVINCE_DIGITS:
            province = number
    return codes
