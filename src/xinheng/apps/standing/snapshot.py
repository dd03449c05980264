"""What every worker process holds in memory, and how it follows the ledger.

    View       values at one ledger size; never changed, only replaced
    Snapshot   the view of now, and the thread that brings it up to date

The thread asks for the ledger's size every 50 ms and reads what was added, so an answer
is at most 100 ms behind a commit, and says on which size it stands. What changes the
register of organizations itself is read by a thread of its own: a new code may take
some seconds to be known; what is in force on it never waits for that.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from django.db import DatabaseError, connection

from xinheng.apps.accounts.queries import KeyView
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.standing import sources
from xinheng.apps.standing.index import CodeIndex
from xinheng.core.standing.effects import Effect

logger = structlog.get_logger("xinheng.standing")
POLL_SECONDS = 0.05
READY_SECONDS = 120  # a million codes and a hundred thousand lists take far less
KEYS = ("service_key.", "unit.")
REGISTER = ("register.", "correction.", "succession.")


@dataclass(frozen=True, slots=True)
class View:
    """The values at one ledger size; `former` leads from a former code to today's."""

    ledger_size: int
    codes: CodeIndex
    former: Mapping[str, str]
    effects: Mapping[str, tuple[Effect, ...]]
    keys: Mapping[str, KeyView]

    def find_key(self, prefix: str, at: datetime) -> KeyView | None:
        """Return the key of that prefix, null where it does not hold."""
        key = self.keys.get(prefix)
        return key if key is not None and key.holds(at) else None


def load() -> View:
    """Return everything, read anew."""
    size = ledger.size()
    return View(
        ledger_size=size,
        codes=sources.codes(),
        former=sources.former_codes(),
        effects=sources.effects(after=0, before=size),
        keys=sources.keys(),
    )


def advance(view: View, size: int) -> View:
    """Return the view at a later ledger size; the register's codes stay as they are."""
    kinds = ledger.kinds_between(view.ledger_size, size)
    touched = sources.effects(after=view.ledger_size, before=size)
    is_about_keys = any(kind.startswith(KEYS) for kind in kinds)
    return replace(
        view,
        ledger_size=size,
        effects={**view.effects, **touched} if touched else view.effects,
        keys=sources.keys() if is_about_keys else view.keys,
    )


class SnapshotNotReadyError(RuntimeError):
    """There is no view yet: the database could not be read."""


class Snapshot:
    """The view of now; the first one to ask starts the thread that keeps it so."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ready = threading.Event()
        self._stopped = threading.Event()
        self._view: View | None = None
        self._threads: list[threading.Thread] = []
        self._read_anew: View | None = None

    def view(self) -> View:
        """Return the view of now; the first call waits until there is one.

        Raises:
            SnapshotNotReadyError: where the database can't be read.
        """
        view = self._view
        return self._first() if view is None else view

    def _first(self) -> View:
        with self._lock:
            if not self._threads:
                self._start(self._follow)
        self._ready.wait(READY_SECONDS)
        if self._view is None:
            raise SnapshotNotReadyError
        return self._view

    def stop(self) -> None:
        """End the threads; a stopped snapshot stays so."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _start(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _follow(self) -> None:
        while not self._stopped.is_set():
            try:
                self._view = self._next(self._view)
                self._ready.set()
            except DatabaseError as failure:
                logger.warning("standing.behind", failure=type(failure).__name__)
                connection.close()
            self._stopped.wait(POLL_SECONDS)
        connection.close()

    def _next(self, view: View | None) -> View:
        if view is None:
            return load()
        size = ledger.size()
        if size != view.ledger_size:
            kinds = ledger.kinds_between(view.ledger_size, size)
            if any(kind.startswith(REGISTER) for kind in kinds):
                self._start(self._read)
        anew, self._read_anew = self._read_anew, None
        if anew is not None and anew.ledger_size <= size:
            return advance(anew, size)
        return view if size == view.ledger_size else advance(view, size)

    def _read(self) -> None:
        """Read everything anew beside the thread that follows; it takes this over."""
        try:
            self._read_anew = load()
        except DatabaseError as failure:
            logger.warning("standing.not_read", failure=type(failure).__name__)
        connection.close()


snapshot = Snapshot()
