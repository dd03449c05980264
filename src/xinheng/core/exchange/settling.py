"""What a run knows of its rows: sent in what, accepted, refused, waiting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from xinheng.core.exchange import learning, packaging, rows
from xinheng.core.exchange.answers import Answer, RowAnswer, RowState
from xinheng.core.exchange.encoding import UnwritableError
from xinheng.core.exchange.learning import Change
from xinheng.core.exchange.lessons import Lessons
from xinheng.core.exchange.outcomes import Isolation, Outcome
from xinheng.core.exchange.packaging import Encode, Package
from xinheng.core.exchange.profiles import Profile, Sheet
from xinheng.core.exchange.rows import Row
from xinheng.core.exchange.sending import (
    Channel,
    Purpose,
    Sender,
    StoppedError,
    is_held,
)


class Settling:
    """The rows of a run and where they stand; the run itself is a `Session`."""

    def __init__(
        self,
        profile: Profile,
        dataset: str,
        channel: Channel,
        write: Encode | None = None,
        fine: Iterable[str] = (),
    ) -> None:
        self._lessons, self._proven = Lessons(profile, dataset, channel), profile
        self._dataset, self._write = dataset, write
        self._sender = Sender(channel)
        self._accepted: set[str] = set()
        self._refused: dict[str, RowAnswer] = {}
        self._waiting: set[str] = set()
        self._keys: dict[str, str] = {}
        self._packages: dict[str, str] = {}
        self._left_in: dict[str, list[str]] = {}
        self._changes: list[Change] = []
        self._isolations: list[Isolation] = []
        self._fine = set(fine)

    @property
    def _profile(self) -> Profile:
        return self._lessons.profile

    @property
    def _sheet(self) -> Sheet:
        return self._profile.sheet(self._dataset)

    def _progress(self) -> int:
        return len(self._accepted) + len(self._refused) + len(self._waiting)

    def _unsettled(self, chosen: Sequence[Row]) -> list[Row]:
        settled = self._accepted | self._refused.keys() | self._waiting
        return [row for row in chosen if row.id not in settled]

    def _build(self, part: Sequence[Row]) -> Package | None:
        """Return the rows as a package; a row that can't be written is refused."""
        while part:
            try:
                return packaging.build(part, self._sheet, self._profile, self._write)
            except UnwritableError as wrong:
                bad = part[wrong.row]
                self._refused[bad.id] = RowAnswer(RowState.REFUSED, "R-ENCODING")
                part = [row for row in part if row is not bad]
        return None

    def _send(self, package: Package, purpose: Purpose) -> Answer:
        for row, key in zip(package.rows, package.keys, strict=True):
            self._keys[row.id], self._packages[row.id] = key, package.id
            self._left_in.setdefault(row.id, list(row.sent_in)).append(package.id)
        try:
            return self._sender.send(package, purpose, self._profile)
        except StoppedError as stop:
            if stop.why in ("UNANSWERED", "TRIED_TOO_OFTEN"):
                self._waiting |= {row.id for row in package.rows}
            raise
        finally:
            if self._sender.learned_rate is not None:
                self._lessons.slow_down(self._sender.learned_rate)
                self._sender.learned_rate = None

    def _accept(self, taken: Sequence[Row], package: Package) -> None:
        self._accepted |= {row.id for row in taken}
        for row in taken:
            self._note_fine(row)
        self._prove(package)

    def _note_fine(self, row: Row) -> None:
        for text in rows.texts(row, self._sheet, self._profile):
            self._fine.update(each for each in text if not each.isalnum())

    def _prove(self, package: Package) -> None:
        """Take the profile as the one that works: rows were taken under it."""
        if self._proven != self._profile:
            found = learning.changes(self._proven, self._profile, package.id)
            self._changes += found
            self._proven = self._profile

    def _is_held(self, row: Row) -> bool:
        held = self._sender.ask(self._dataset, [self._keys[row.id]]) or {}
        return any(is_held(each, self._left_in[row.id]) for each in held.values())

    def _outcome(self, stopped: str) -> Outcome:
        return Outcome(
            accepted=frozenset(self._accepted),
            refused=dict(self._refused),
            waiting=frozenset(self._waiting),
            keys=dict(self._keys),
            packages=dict(self._packages),
            profile=self._proven,
            changes=tuple(self._changes),
            isolations=tuple(self._isolations),
            sent=dict(self._sender.sent),
            queries=self._sender.queries,
            oddities=tuple(self._sender.oddities),
            stopped=stopped,
            fine=frozenset(self._fine),
        )
