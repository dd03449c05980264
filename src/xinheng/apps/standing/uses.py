"""The log of look-ups: each is on disk before its answer leaves.

Many requests wait at the same time, so one thread writes what has gathered while it
wrote the last lot: a commit serves them all, and none waits for longer than two.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from django.db import DatabaseError, connection

from xinheng.apps.standing.models import LookUp

logger = structlog.get_logger("xinheng.standing")
LONGEST_WAIT_SECONDS = 5.0
MOST_AT_ONCE = 500


class NotLoggedError(RuntimeError):
    """The use could not be logged, so nothing is answered."""


@dataclass(frozen=True, slots=True)
class Use:
    """A look-up: who asked (`asker`, opaque), for which unit, what and why."""

    at: datetime
    channel: str
    asker: str
    unit: str | None
    matter: str
    purpose: str
    codes: tuple[str, ...]
    ledger_size: int

    def row(self) -> LookUp:
        """Return it as it is stored."""
        return LookUp(
            at=self.at,
            channel=self.channel,
            asker=self.asker,
            unit_id=self.unit,
            matter=self.matter,
            purpose=self.purpose,
            codes=" ".join(self.codes),
            count=len(self.codes),
            ledger_size=self.ledger_size,
        )


@dataclass(slots=True)
class _Waiting:
    use: Use
    done: threading.Event = field(default_factory=threading.Event)
    is_kept: bool = False


class Recorder:
    """Keeps uses; `record` returns once they are committed."""

    def __init__(self) -> None:
        self._gathered: list[_Waiting] = []
        self._lock = threading.Lock()
        self._some = threading.Event()
        self._thread: threading.Thread | None = None

    def record(self, use: Use) -> None:
        """Keep a use.

        Raises:
            NotLoggedError: where the database did not take it in time.
        """
        waiting = _Waiting(use)
        with self._lock:
            self._gathered.append(waiting)
            if self._thread is None:
                self._thread = threading.Thread(target=self._write_on, daemon=True)
                self._thread.start()
        self._some.set()
        if not waiting.done.wait(LONGEST_WAIT_SECONDS) or not waiting.is_kept:
            raise NotLoggedError

    def _write_on(self) -> None:
        while True:
            self._some.wait()
            self._some.clear()
            while lot := self._take():
                self._write(lot)

    def _take(self) -> list[_Waiting]:
        with self._lock:
            lot = self._gathered[:MOST_AT_ONCE]
            del self._gathered[:MOST_AT_ONCE]
        return lot

    def _write(self, lot: list[_Waiting]) -> None:
        try:
            keep([each.use for each in lot])
        except DatabaseError as failure:
            logger.warning("standing.not_logged", failure=type(failure).__name__)
            connection.close()
        else:
            for each in lot:
                each.is_kept = True
        for each in lot:
            each.done.set()


def keep(uses: list[Use]) -> None:
    """Store uses in one statement, which is one commit."""
    LookUp.objects.bulk_create([each.row() for each in uses])


recorder = Recorder()
