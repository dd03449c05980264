"""Which measures follow from a list: those that may, and why the others may not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from xinheng.core.measures.measures import (
    EVERY_SIGNATORY,
    Measure,
    Memorandum,
    Mode,
    Polarity,
)


class Bar(StrEnum):
    """Why a measure of a memorandum does not follow; stable codes."""

    NO_BASIS = "MEASURE_NO_BASIS"  # no text of the needed rank provides for it
    DISPROPORTIONATE = "MEASURE_DISPROPORTIONATE"  # the conduct is not grave enough
    POLARITY = "MEASURE_POLARITY"  # it punishes where the memorandum rewards, or so
    NOT_A_PARTY = "MEASURE_NOT_A_PARTY"  # none of its units has signed


@dataclass(frozen=True, slots=True)
class Applied:
    """A measure that follows, under which memorandum, and the units that get a task.

    `units` is empty for a voluntary measure: nobody may be told to take it.
    """

    memorandum: Memorandum
    measure: Measure
    units: tuple[str, ...]


def find_bar(memorandum: Memorandum, measure: Measure) -> Bar | None:
    """Return the first rule that stops a measure of a memorandum, null where none."""
    if measure.polarity is not memorandum.polarity:
        return Bar.POLARITY
    is_adverse = measure.polarity is Polarity.ADVERSE
    if is_adverse and not measure.has_direct_basis:
        return Bar.NO_BASIS
    if is_adverse and not _is_proportionate(memorandum, measure):
        return Bar.DISPROPORTIONATE
    if measure.mode is not Mode.VOLUNTARY and not _signed(memorandum, measure):
        return Bar.NOT_A_PARTY
    return None


def measures_of(
    scheme: str,
    *,
    memoranda: Iterable[Memorandum],
    measures: Mapping[str, Measure],
    on: date,
) -> tuple[Applied, ...]:
    """Return what follows for an organization that enters a list on a day.

    A measure that several memoranda name follows once, from the first of them, with the
    units that signed any of them.

    Raises:
        KeyError: where a memorandum names a measure that does not exist.
    """
    found: dict[str, Applied] = {}
    for memorandum in memoranda:
        if scheme not in memorandum.schemes or not memorandum.is_in_force(on):
            continue
        for code in memorandum.measures:
            measure = measures[code]
            if find_bar(memorandum, measure) is None:
                found[code] = _joined(found.get(code), memorandum, measure)
    return tuple(found.values())


def _joined(first: Applied | None, memorandum: Memorandum, measure: Measure) -> Applied:
    units = () if measure.mode is Mode.VOLUNTARY else _signed(memorandum, measure)
    if first is None:
        return Applied(memorandum, measure, units)
    more = tuple(unit for unit in units if unit not in first.units)
    return Applied(first.memorandum, measure, first.units + more)


def _signed(memorandum: Memorandum, measure: Measure) -> tuple[str, ...]:
    if EVERY_SIGNATORY in measure.units:
        return memorandum.signatories
    return tuple(unit for unit in measure.units if unit in memorandum.signatories)


def _is_proportionate(memorandum: Memorandum, measure: Measure) -> bool:
    """Without a bound a measure fits nothing, and an unknown gravity reaches none."""
    if measure.severity_bound is None or memorandum.severity is None:
        return False
    return memorandum.severity.reaches(measure.severity_bound)
