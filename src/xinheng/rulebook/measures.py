"""Measures, matters and memoranda: `measures.toml` and `memoranda.toml` as values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TypeVar

from xinheng.core.catalog.datasets import Verification
from xinheng.core.measures.measures import Matter, Measure, Memorandum, Polarity
from xinheng.core.measures.tasks import Clocks
from xinheng.rulebook.reading import Place, build, read, tables

T = TypeVar("T", Matter, Measure)


@dataclass(frozen=True, slots=True)
class ClockRule:
    """The clocks of tasks, in working days, with their source."""

    acknowledge_within: int
    report_within: int
    undo_within: int
    escalate_after: int
    verification: Verification
    source: str

    def clocks(self) -> Clocks:
        """Return the days alone."""
        return Clocks(
            self.acknowledge_within,
            self.report_within,
            self.undo_within,
            self.escalate_after,
        )


@dataclass(frozen=True, slots=True)
class _Content:
    clocks: ClockRule
    matters: tuple[Matter, ...]
    measures: tuple[Measure, ...]


@dataclass(frozen=True, slots=True)
class MeasureRules:
    """Everything of the two files, by code and in the order of the files."""

    clocks: ClockRule
    matters: Mapping[str, Matter]
    measures: Mapping[str, Measure]
    memoranda: tuple[Memorandum, ...]


@cache
def rules() -> MeasureRules:
    """Return the rules in force."""
    folder = files("xinheng.rulebook")
    return load(folder / "measures.toml", folder / "memoranda.toml")


def load(measures: Traversable, memoranda: Traversable) -> MeasureRules:
    """Return the rules of two files.

    Raises:
        RulebookError: where one is misspelled, stands twice, or names what isn't there.
    """
    place = Place(measures.name)
    content = build(_Content, read(measures), place)
    if min(astuple(content.clocks.clocks())) < 1:
        raise place.at("clocks").error("counts from 1")
    found = MeasureRules(
        clocks=content.clocks,
        matters=_by_code(content.matters, place.at("matters")),
        measures=_by_code(content.measures, place.at("measures")),
        memoranda=tuple(
            build(Memorandum, table, Place(memoranda.name, str(table.get("code", ""))))
            for table in tables(memoranda, "memoranda")
        ),
    )
    _check_measures(found, place)
    _check_memoranda(found, Place(memoranda.name))
    return found


def _by_code(values: Iterable[T], place: Place) -> dict[str, T]:
    found: dict[str, T] = {}
    for each in values:
        if each.code in found:
            raise place.at(each.code).error("stands twice")
        found[each.code] = each
    return found


def _check_measures(found: MeasureRules, place: Place) -> None:
    for code, measure in found.measures.items():
        if measure.matter not in found.matters:
            raise place.at(f"{code}.matter").error(f"{measure.matter!r} is no matter")
        is_adverse = measure.polarity is Polarity.ADVERSE
        if is_adverse != (measure.severity_bound is not None):
            raise place.at(f"{code}.severity_bound").error(
                "stands with every adverse measure and with no other"
            )


def _check_memoranda(found: MeasureRules, place: Place) -> None:
    codes = Counter(each.code for each in found.memoranda)
    for memorandum in found.memoranda:
        at = place.at(memorandum.code)
        if codes[memorandum.code] > 1:
            raise at.error("stands twice")
        if unknown := set(memorandum.measures) - set(found.measures):
            raise at.at("measures").error(f"{sorted(unknown)} are no measures")
        is_adverse = memorandum.polarity is Polarity.ADVERSE
        if is_adverse != (memorandum.severity is not None):
            raise at.at("severity").error(
                "stands with every adverse memorandum and with no other"
            )
