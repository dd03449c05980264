"""The way to a simulated platform, with a clock that jumps instead of waiting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from xinheng.core.exchange import answers
from xinheng.core.exchange.answers import Answer, Kind, RowAnswer
from xinheng.core.exchange.packaging import Package
from xinheng.core.exchange.sending import Purpose
from xinheng.core.exchange.upper import Platform


@dataclass(frozen=True, slots=True)
class Trial:
    """One sending and its answer, for the log."""

    package: str
    rows: int
    bytes: int
    purpose: Purpose
    kind: Kind
    code: str
    message: str


@dataclass
class SimulatedChannel:
    """Sends to a platform in this process; away during `outages`, `[from, to)`."""

    platform: Platform
    seconds: float = 0.0
    outages: Sequence[tuple[float, float]] = ()
    patience: float = 3_600.0
    trials: list[Trial] = field(default_factory=list)

    def send(self, package: Package, purpose: Purpose) -> Answer:
        """Send a package and return the answer."""
        self.seconds += 1.0
        is_away = self._is_away()
        answer = Answer(Kind.UNREACHABLE) if is_away else self._answer(package)
        self.trials.append(
            Trial(
                package.id,
                len(package.rows),
                len(package.data),
                purpose,
                answer.kind,
                answer.code,
                answer.message,
            )
        )
        return answer

    def describe(self, dataset: str) -> tuple[str, ...] | None:
        """Return the header that the platform wants."""
        return None if self._is_away() else self.platform.template(dataset)

    def query(
        self, dataset: str, keys: Sequence[str]
    ) -> Mapping[str, RowAnswer] | None:
        """Return what the platform holds of these keys."""
        if self._is_away():
            return None
        said = self.platform.states(dataset, keys, now=self.seconds)
        return answers.parse_states(said, keys=keys)

    def wait(self, seconds: float) -> bool:
        """Let time pass, unless it is longer than a run's patience."""
        if seconds > self.patience:
            return False
        self.seconds += seconds
        return True

    def now(self) -> float:
        """Return the seconds that have passed."""
        return self.seconds

    def _answer(self, package: Package) -> Answer:
        said = self.platform.deliver(
            package.data,
            package=package.id,
            dataset=package.dataset,
            now=self.seconds,
        )
        if said is None:
            return Answer(Kind.LOST)
        return answers.parse(said, package=package.id, keys=package.keys)

    def _is_away(self) -> bool:
        return any(begin <= self.seconds < end for begin, end in self.outages)
