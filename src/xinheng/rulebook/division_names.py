"""Names of administrative divisions as they stand in names of organizations.

A division is found under its name (`营口市`) and, where it is not a district, under the
name without the word that says what it is (`营口`), because that is how most companies
write it. Districts are left out there: their short names are everyday words (`和平`).
Names that were given up count, as their codes do.

Source: the same list as `xinheng.rulebook.divisions`; read as data, not copied.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources

_PROVINCE = re.compile(r'^(\d{2}) province="(?P<name>[^"]+)"')
_COUNTY = re.compile(r'^ +(\d{4}) county="(?P<names>[^"]+)"')
_PERIOD = re.compile(r"\[[^\]]*\]")
_NOT_PLACES = ("市辖区", "县", "市", "省直辖", "自治区直辖", "直辖县", "行政单位")
# Some stems are two signs, whatever peoples the full name adds.
_AUTONOMOUS = re.compile(r"^(?P<stem>内蒙古|..).*自治[区州县旗]$")
_ENDS = re.compile(r"(?:特别行政区|地区|[省市县盟旗])$")
_SHORTEST = 2


@cache
def load() -> Mapping[str, tuple[str, ...]]:
    """Return the codes of each name, without trailing zeros: `营口`, `营口市`: `2108`.

    Raises:
        FileNotFoundError: where the library no longer carries the list.
    """
    listed = resources.files("stdnum").joinpath("cn/loc.dat")
    found: defaultdict[str, set[str]] = defaultdict(set)
    for code, name in _named(listed.read_text(encoding="utf-8")):
        for written in {name, stem(name)}:
            if len(written) >= _SHORTEST:
                found[written].add(code)
    return {name: tuple(sorted(codes)) for name, codes in found.items()}


def stem(name: str) -> str:
    """Return the name of a division as it is written short; a district keeps it."""
    if match := _AUTONOMOUS.match(name):
        return match["stem"]
    return _ENDS.sub("", name)


def trimmed(code: str) -> str:
    """Return a division's code without the pairs of zeros at its end."""
    return re.sub("(?:00){1,2}$", "", code)


def _named(text: str) -> Iterator[tuple[str, str]]:
    province = ""
    for line in text.splitlines():
        if match := _PROVINCE.match(line):
            province = match[1]
            yield province, match["name"]
        elif match := _COUNTY.match(line):
            for name in re.split("[,，、/]", _PERIOD.sub(",", match["names"])):
                if name and not name.startswith(_NOT_PLACES):
                    yield trimmed(province + match[1]), name
