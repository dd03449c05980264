"""Where the snapshot's values come from: the tables, by ledger position.

Every read asks for what the ledger says between two sizes. A decision commits its rows
and the ledger's head together, so whoever read the head first finds all rows below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from xinheng.apps.accounts import queries as accounts
from xinheng.apps.accounts.queries import KeyView
from xinheng.apps.measures import queries as measures
from xinheng.apps.organizations import queries as organizations
from xinheng.apps.standing import index
from xinheng.apps.standing.index import CodeIndex
from xinheng.core.standing.effects import Effect

Effects = dict[str, tuple[Effect, ...]]


def codes() -> CodeIndex:
    """Return all codes of the register with their states."""
    return index.build(organizations.iterate_states())


def former_codes() -> dict[str, str]:
    """Return the codes of today by those that were borne before."""
    return dict(organizations.iterate_former_codes())


def keys() -> dict[str, KeyView]:
    """Return the look-up keys that hold, by prefix."""
    return {each.prefix: each for each in accounts.list_look_up_keys()}


def effects(*, after: int, before: int) -> Effects:
    """Return the whole effects of every organization that the ledger touched there."""
    forgotten = measures.list_forgotten(after=after, before=before)
    found: Effects = dict.fromkeys(forgotten, ())
    return found | _grouped(measures.iterate_touched(after=after, before=before))


def effects_of(uscc: str) -> tuple[Effect, ...]:
    """Return every effect on one organization."""
    return _grouped(measures.iterate_of(uscc)).get(uscc, ())


def _grouped(rows: Iterable[tuple[Any, ...]]) -> Effects:
    """Put rows of one cause into one effect; they come in the order of their causes."""
    found: Effects = {}
    for uscc, group in groupby(rows, key=lambda row: str(row[0])):
        found[uscc] = tuple(_effects(group))
    return found


def _effects(rows: Iterable[tuple[Any, ...]]) -> Iterator[Effect]:
    for head, group in groupby(rows, key=lambda row: row[1:9]):
        kind, cause, scheme, begun_seq, effective_on, expires_on, ended_on, end = head
        yield Effect(
            cause=(kind, cause),
            scheme=scheme,
            measures=tuple((row[9], row[10]) for row in group if row[10]),
            effective_on=effective_on,
            expires_on=expires_on,
            begun_seq=begun_seq,
            ended_on=ended_on,
            ended_seq=end,
        )
