"""One package on its way: paced, sent again where it did not arrive, asked after.

What may have arrived is never sent again before the target said that it does not hold
the rows; a target that says nothing is asked later.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from xinheng.core.exchange import learning
from xinheng.core.exchange.answers import Answer, Kind, RowAnswer, RowState
from xinheng.core.exchange.packaging import Package
from xinheng.core.exchange.profiles import Profile

MINUTE = 60.0
MOST_TRIES = 6
KEYS_AT_ONCE = 500


class Purpose(StrEnum):
    """Why a package is sent."""

    PLAIN = "plain"
    ISOLATING = "isolating"
    LEARNING = "learning"
    AGAIN = "again"  # the same package once more


class Channel(Protocol):
    """The way to a target and back; nothing here raises for what the target does."""

    def send(self, package: Package, purpose: Purpose) -> Answer:
        """Send a package and return the answer."""

    def describe(self, dataset: str) -> tuple[str, ...] | None:
        """Return the header that the target wants, null where it doesn't tell."""

    def query(
        self, dataset: str, keys: Sequence[str]
    ) -> Mapping[str, RowAnswer] | None:
        """Return what the target holds of these keys, null where it doesn't tell."""

    def wait(self, seconds: float) -> bool:
        """Wait; false where that is too long for this run."""

    def now(self) -> float:
        """Return the seconds of a clock that only moves on."""


class StoppedError(Exception):
    """The run ends here; what is open is taken up by the next."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass
class Sender:
    """Sends packages over a channel and keeps count of why."""

    channel: Channel
    sent: Counter[Purpose] = field(default_factory=Counter)
    queries: int = 0
    oddities: list[tuple[str, str]] = field(default_factory=list)
    learned_rate: int | None = None
    _moments: deque[float] = field(default_factory=deque)

    def send(self, package: Package, purpose: Purpose, profile: Profile) -> Answer:
        """Return what became of a package; never LOST, BUSY or MALFORMED.

        Raises:
            StoppedError: the target can't be reached, or doesn't say what it holds.
        """
        for attempt in range(MOST_TRIES):
            self._pace(self.learned_rate or profile.limits.per_minute)
            reason = purpose if attempt == 0 else Purpose.AGAIN
            answer = self._once(package, reason)
            if answer.kind is Kind.UNREACHABLE:
                raise StoppedError("UNREACHABLE")
            if answer.kind is Kind.BUSY:
                self._slow_down(answer)
                continue
            if answer.kind is Kind.REFUSED:
                return self._doubted(answer, package)
            if answer.kind not in (Kind.LOST, Kind.MALFORMED):
                return answer
            found = self._ask_after(package)
            if found is not None:
                return found
        raise StoppedError("TRIED_TOO_OFTEN")

    def ask(self, dataset: str, keys: Sequence[str]) -> Mapping[str, RowAnswer] | None:
        """Return what the target holds of keys, null where it doesn't tell."""
        found: dict[str, RowAnswer] = {}
        for begin in range(0, len(keys), KEYS_AT_ONCE):
            self.queries += 1
            part = self.channel.query(dataset, keys[begin : begin + KEYS_AT_ONCE])
            if part is None:
                return None
            found |= part
        return found

    def _once(self, package: Package, reason: Purpose) -> Answer:
        self._moments.append(self.channel.now())
        self.sent[reason] += 1
        answer = self.channel.send(package, reason)
        self.oddities += [(package.id, each) for each in answer.oddities]
        return answer

    def _ask_after(self, package: Package) -> Answer | None:
        """Return the answer as the rows' states tell it; null where none arrived."""
        held = self.ask(package.dataset, package.keys)
        if held is not None and not _is_any_known(held, package):
            # It may be on its way still: the second look decides.
            if not self.channel.wait(MINUTE):
                raise StoppedError("UNANSWERED")
            held = self.ask(package.dataset, package.keys)
        if held is None:
            raise StoppedError("UNANSWERED")
        if not _is_any_known(held, package):
            return None
        return Answer(Kind.PARTIAL, rows=_of_package(held, package))

    def _doubted(self, answer: Answer, package: Package) -> Answer:
        """Return the refusal of a package, unless the target holds rows of it."""
        held = self.ask(package.dataset, package.keys)
        if held is None or not _is_any_known(held, package):
            return answer
        self.oddities.append((package.id, "ANSWER_WRONG"))
        return Answer(Kind.PARTIAL, rows=_of_package(held, package))

    def _pace(self, per_minute: int | None) -> None:
        if per_minute is None:
            return
        self._forget(self.channel.now() - MINUTE)
        while len(self._moments) >= per_minute:
            seconds = self._moments[0] + MINUTE - self.channel.now()
            if not self.channel.wait(max(seconds, 0.001)):
                raise StoppedError("PACED")
            self._forget(self.channel.now() - MINUTE)

    def _slow_down(self, answer: Answer) -> None:
        """Learn how many packages a minute are taken, and wait."""
        before = len(self._moments) - 1
        self._forget(self.channel.now() - MINUTE)
        within = max(len(self._moments) - 1, 1)
        named = learning.number_in(answer.message, below=max(before, within) + 1)
        self.learned_rate = min(named or within, self.learned_rate or within)
        if not self.channel.wait(float(answer.retry_after or MINUTE)):
            raise StoppedError("BUSY")

    def _forget(self, until: float) -> None:
        while self._moments and self._moments[0] <= until:
            self._moments.popleft()


def is_held(answer: RowAnswer, packages: Sequence[str]) -> bool:
    """Tell whether a target holds what these packages told, not an older state."""
    return answer.state is RowState.ACCEPTED and (
        not answer.package or answer.package in packages
    )


def _of_package(
    held: Mapping[str, RowAnswer], package: Package
) -> dict[str, RowAnswer]:
    """Return the states as this package's: what an older one told is UNKNOWN."""
    return {
        key: row if _is_of(row, package) else RowAnswer(RowState.UNKNOWN)
        for key, row in held.items()
    }


def _is_any_known(held: Mapping[str, RowAnswer], package: Package) -> bool:
    return any(_is_of(row, package) for row in held.values())


def _is_of(row: RowAnswer, package: Package) -> bool:
    is_known = row.state is not RowState.UNKNOWN
    return is_known and row.package in ("", package.id)
