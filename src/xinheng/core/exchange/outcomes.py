"""How a run to a target ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xinheng.core.exchange.answers import RowAnswer
from xinheng.core.exchange.learning import Change
from xinheng.core.exchange.profiles import Profile
from xinheng.core.exchange.sending import Purpose


@dataclass(frozen=True, slots=True)
class Isolation:
    """`bad` rows of `rows` were isolated with so many sends."""

    rows: int
    bad: int
    sends: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended; rows by their ids.

    `waiting` were sent and are not answered; whatever is in none of the three was not
    taken and is to be sent again. `keys` is what the target calls each row, `packages`
    the last one in which it left. `stopped` says why the run ended early, else empty.
    `fine` are the signs that the target took, now or before.
    """

    accepted: frozenset[str]
    refused: Mapping[str, RowAnswer]
    waiting: frozenset[str]
    keys: Mapping[str, str]
    packages: Mapping[str, str]
    profile: Profile
    changes: tuple[Change, ...]
    isolations: tuple[Isolation, ...]
    sent: Mapping[Purpose, int]
    queries: int
    oddities: tuple[tuple[str, str], ...]
    stopped: str
    fine: frozenset[str]
