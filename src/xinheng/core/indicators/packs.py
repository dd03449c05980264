"""A pack of monitoring indicators (国家城市信用监测), as one edition states it.

Groups hold indicators, indicators hold parts, parts name the inputs that feed them.
Points are those that were read in a published text; what was not found is null and
stays so. Nothing is ever added up over a null as if it were zero.

Source: the editions of 2019 and 2020 (domain notes, 3.1 to 3.3).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from xinheng.core.catalog.datasets import Verification


class Form(StrEnum):
    """What kind of number an input is."""

    COUNT = "count"
    SHARE = "share"  # a part of a whole, 0 to 1
    PER = "per"  # so many for each of something else; may exceed 1
    DAYS = "days"  # a number of calendar days on average


class Better(StrEnum):
    """Which way an input is meant to go, as far as a text says so."""

    HIGHER = "higher"
    LOWER = "lower"
    UNSAID = "unsaid"


@dataclass(frozen=True, slots=True)
class Input:
    """What can be counted: `formula` in words; `held` where this register holds it.

    `denominator` names what it is divided by, null for a count.
    """

    name: str
    title: str
    title_en: str
    form: Form
    better: Better
    formula: str
    formula_en: str
    verification: Verification
    source: str
    denominator: str | None = None
    denominator_en: str | None = None
    held: bool = True


@dataclass(frozen=True, slots=True)
class Part:
    """The last level that a text names; `inputs` are the names of what feeds it."""

    title: str
    title_en: str
    inputs: tuple[str, ...] = ()
    points: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator; `group` is null where the text was not read that far."""

    name: str
    title: str
    title_en: str
    verification: Verification
    source: str
    group: str | None = None
    points: Decimal | None = None
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """A heading of the first level."""

    name: str
    title: str
    title_en: str
    points: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Pack:
    """An edition of the indicators with its total points."""

    name: str
    edition: str
    title: str
    title_en: str
    points: Decimal
    method: str
    verification: Verification
    source: str
    groups: tuple[Group, ...]
    indicators: tuple[Indicator, ...]


def faults(pack: Pack, inputs: frozenset[str]) -> tuple[str, ...]:
    """Return what contradicts itself in a pack, in English, for whoever edits it.

    Sums are compared only where every summand is known.
    """
    return (*_twice(pack), *_strangers(pack, inputs), *_sums(pack))


def _twice(pack: Pack) -> Iterator[str]:
    for of in (pack.groups, pack.indicators):
        for name, times in Counter(each.name for each in of).items():
            if times > 1:
                yield f"{name} stands twice"


def _strangers(pack: Pack, inputs: frozenset[str]) -> Iterator[str]:
    groups = {group.name for group in pack.groups}
    for each in pack.indicators:
        if each.group is not None and each.group not in groups:
            yield f"{each.name}: no group {each.group}"
        for part in each.parts:
            for name in part.inputs:
                if name not in inputs:
                    yield f"{each.name}: no input {name}"


def _sums(pack: Pack) -> Iterator[str]:
    if (total := _known(group.points for group in pack.groups)) not in (
        None,
        pack.points,
    ):
        yield f"the groups add up to {total}, stated {pack.points}"
    for group in pack.groups:
        inside = [each.points for each in pack.indicators if each.group == group.name]
        added = _known(iter(inside)) if inside else None
        if None not in (added, group.points) and added != group.points:
            yield f"{group.name}: indicators add up to {added}, stated {group.points}"


def _known(points: Iterator[Decimal | None]) -> Decimal | None:
    """Return the sum, null where any of them is."""
    total = Decimal(0)
    for each in points:
        if each is None:
            return None
        total += each
    return total
