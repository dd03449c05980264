"""The log of look-ups: each is on disk before its answer leaves.

Many requests wait at the same time, so one thread writes what has gathered while it
wrote the last lot: a commit serves them all, and none waits for longer than two.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from django.db import DatabaseError, connection

from xinheng.apps.standing.models import LookUp

logger = structlog.get_logger("xinheng.standing")
LONGEST_WAIT_SECONDS = 5.0
MOST_AT_ONCE = 100  # nine values each: far below what a statement may hold


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

    def values(self) -> tuple[str | int | None, ...]:
        """Return it as `_COLUMNS` has it."""
        return (
            adapted(self.at),
            self.channel,
            self.asker,
            self.unit,
            self.matter,
            self.purpose,
            " ".join(self.codes),
            len(self.codes),
            self.ledger_size,
        )


def adapted(at: datetime) -> str:
    """Return a moment as the database stores it."""
    return str(connection.ops.adapt_datetimefield_value(at))


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


_COLUMNS = (
    *("at", "channel", "asker", "unit_id", "matter", "purpose", "codes", "count"),
    "ledger_size",
)
_ROW = f"({', '.join(['%s'] * len(_COLUMNS))})"
_INSERT = f"INSERT INTO {LookUp._meta.db_table} ({', '.join(_COLUMNS)}) VALUES "


def keep(uses: Sequence[Use]) -> None:
    """Store uses in one statement, which is one commit.

    Written by hand: the ORM would take as long as all the rest of a look-up.
    """
    values = [value for use in uses for value in use.values()]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT + ", ".join([_ROW] * len(uses)), values)


recorder = Recorder()
