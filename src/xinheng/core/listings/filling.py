"""Which columns of a listing are filled in which state, worked out from the table.

A column that is filled on every path into a state is what the database demands of a row
in that state: the constraints of `apps.listings` are made from here.
"""

from __future__ import annotations

from collections.abc import Iterable

from xinheng.core.listings.procedure import TABLE, State, Step


def brought_by(row: Step) -> frozenset[str]:
    """Return the columns that a step leaves filled."""
    return frozenset({*row.needs, *row.sets})


def filled_in(state: State) -> frozenset[str]:
    """Return the columns that are filled on every path into a state.

    This is what the database demands of a row in that state.
    """
    return _filled()[state]


def _filled() -> dict[State, frozenset[str]]:
    everything = frozenset().union(*map(brought_by, TABLE))
    filled = dict.fromkeys(State, everything)
    while (narrowed := _narrowed(filled)) != filled:
        filled = narrowed
    return filled


def _narrowed(filled: dict[State, frozenset[str]]) -> dict[State, frozenset[str]]:
    narrowed = dict(filled)
    for row in TABLE:
        for target, before in _arrivals(row, filled):
            narrowed[target] &= before | brought_by(row)
    return narrowed


def _arrivals(
    row: Step, filled: dict[State, frozenset[str]]
) -> Iterable[tuple[State, frozenset[str]]]:
    if not row.sources and row.target is not None:
        yield row.target, frozenset()
    for source in row.sources:
        yield row.target or source, filled[source]
