"""Conditions of an installation: one figure each, judged by two limits.

| figure | state |
|---|---|
| within both limits | fine |
| at or beyond the first | warn: look at it today |
| at or beyond the second | bad: look at it now |
| there is none | what the condition says: never backed up is bad, no queue is fine |

Most figures are worse the higher they are; where the second limit is below the first,
they are worse the lower. The limits are those of a city with one shift a day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

HOUR = 3600.0
DAY = 24 * HOUR


class State(StrEnum):
    """How a condition is; `UNKNOWN` where nobody told us what to look at."""

    FINE = "fine"
    UNKNOWN = "unknown"
    WARN = "warn"
    BAD = "bad"


SEVERITY = {State.FINE: 0, State.UNKNOWN: 0, State.WARN: 1, State.BAD: 2}


@dataclass(frozen=True, slots=True)
class Limit:
    """A condition's name, its unit, and from where on it is to be warned of or bad.

    `unit` is `seconds`, `days`, `count` or `ratio` (0 to 1). `without` is the state
    where there is no figure.
    """

    code: str
    unit: str
    warn: float
    bad: float
    without: State = State.FINE

    @property
    def falls(self) -> bool:
        """Whether less is worse."""
        return self.bad < self.warn

    def judge(self, value: float | None) -> State:
        """Return the state of a figure."""
        if value is None:
            return self.without
        if self._is_beyond(value, self.bad):
            return State.BAD
        return State.WARN if self._is_beyond(value, self.warn) else State.FINE

    def _is_beyond(self, value: float, limit: float) -> bool:
        return value <= limit if self.falls else value >= limit


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition as it was measured; `value` is null where there is no figure."""

    limit: Limit
    value: float | None

    @property
    def code(self) -> str:
        """The stable name."""
        return self.limit.code

    @property
    def state(self) -> State:
        """The state by the limits."""
        return self.limit.judge(self.value)

    @property
    def severity(self) -> int:
        """0 fine or unknown, 1 warn, 2 bad."""
        return SEVERITY[self.state]


NEVER = float("inf")
LIMITS = (
    Limit("submissions_waiting_age", "seconds", HOUR / 4, 2 * HOUR),
    Limit("submissions_retried", "count", 1, 3),
    Limit("sources_failing", "count", 1, 3),
    Limit("questions_age", "seconds", 10 * DAY, 30 * DAY),
    Limit("deliveries_dead", "count", 1, 20),
    Limit("deliveries_age", "seconds", HOUR / 4, 2 * HOUR),
    Limit("leases_expired", "count", 1, 10),
    Limit("backup_age", "seconds", 26 * HOUR, 50 * HOUR, State.BAD),
    Limit("restore_drill_age", "seconds", 35 * DAY, 100 * DAY, State.WARN),
    Limit("restore_drill_failed", "count", 1, 1),
    Limit("disk_free", "ratio", 0.2, 0.1, State.BAD),
    Limit("clock_drift", "seconds", 2, 30),
    Limit("certificate_left", "days", 30, 7, State.UNKNOWN),
    Limit("service_key_left", "days", 14, 3),
    Limit("signing_key_missing", "count", 1, 1),
    Limit("ledger_contradicted", "count", 1, 1),
    Limit("witness_age", "seconds", DAY, 3 * DAY),
    Limit("rulebook_unadopted", "count", 1, NEVER),
)
BY_CODE = {each.code: each for each in LIMITS}


def worst(conditions: Iterable[Condition]) -> int:
    """Return the severity of the worst one; 0 where there is none."""
    return max((each.severity for each in conditions), default=0)
