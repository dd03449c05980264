"""The plausibility rules in force: `plausibility.toml` as `Doubt`s by code."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType

from xinheng.core.submissions.plausibility import (
    CODES,
    COUNT_COLLAPSED,
    COUNT_EXPLODED,
    Doubt,
)
from xinheng.rulebook.reading import Place, build, read

_COUNTED = (COUNT_EXPLODED, COUNT_COLLAPSED)


@cache
def doubts() -> Mapping[str, Doubt]:
    """Return the plausibility rules by code, every code of them."""
    return load(files("xinheng.rulebook") / "plausibility.toml")


def load(file: Traversable) -> Mapping[str, Doubt]:
    """Return the rules of a file, in the order of the codes.

    Raises:
        RulebookError: where one is missing, unknown, or lacks its thresholds.
    """
    content = read(file)
    for code in content:
        if code not in CODES:
            raise Place(file.name, code).error("is no plausibility rule")
    return MappingProxyType({code: _load(file, code, content) for code in CODES})


def _load(file: Traversable, code: str, content: Mapping[str, object]) -> Doubt:
    place = Place(file.name, code)
    table = content.get(code)
    if not isinstance(table, Mapping):
        raise place.error("is missing")
    doubt = build(Doubt, {"code": code, **table}, place)
    if doubt.at_least < 1:
        raise place.at("at_least").error("must be at least 1")
    thresholds = (doubt.times, doubt.months, doubt.known_months)
    is_counted = code in _COUNTED
    if any((each is not None) != is_counted for each in thresholds):
        raise place.error("needs times, months, known_months for counts, else none")
    if any(each is not None and each < 1 for each in thresholds):
        raise place.error("has thresholds of at least 1")
    return doubt
