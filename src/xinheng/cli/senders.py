"""What the worker does for other platforms, in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from xinheng.apps.exchange import feeding, queries, sending, targets
from xinheng.apps.exchange.carriers.carrier import CarrierError
from xinheng.apps.exchange.sending import BusyError
from xinheng.apps.exchange.targets import Target
from xinheng.cli import exchanging

logger = structlog.get_logger("xinheng.worker")
EVERY_SECONDS = 5.0
STOP_SECONDS = 30.0


class Senders:
    """What the worker does for targets, in a thread: a slow one holds up no file."""

    def __init__(self, follow: Callable[..., None]) -> None:
        self._follow = follow
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._go_on, daemon=True)
        with exchanging.configured(as_json=False):
            self._targets = {target.name: target for target in targets.load()}

    def start(self) -> None:
        """Begin, where a file of targets is named."""
        if settings.TARGETS:
            self._thread.start()

    def stop(self) -> None:
        """End after the package that is under way; what is open is taken up again."""
        self._stopped.set()
        if settings.TARGETS:
            self._thread.join(timeout=STOP_SECONDS)

    def _go_on(self) -> None:
        while not self._stopped.wait(EVERY_SECONDS):
            try:
                self.work_off()
            except (DatabaseError, OSError) as failure:
                logger.warning("exchange.broke_off", failure=type(failure).__name__)
                connection.close()
        connection.close()

    def work_off(self) -> None:
        """Follow the neighbors, feed every target, and run those that are due."""
        at = timezone.now()
        self._follow(at=at)
        if not self._targets:
            return
        sending.ensure(self._targets.values())
        for target in self._targets.values():
            feeding.feed(target, on=timezone.localdate(at), at=at)
        waited_for = [one.name for one in self._targets.values() if not one.by_hand]
        for name in queries.list_due(names=waited_for, at=at):
            self._send(self._targets[name])

    def _send(self, target: Target) -> None:
        try:
            ran = exchanging.run(target, exchanging.WORKER)
        except (CarrierError, BusyError) as wrong:
            code = getattr(wrong, "code", "BUSY")
            sending.note_failure(target.name, code=code, at=timezone.now())
            logger.warning("exchange.failed", target=target.name, code=code)
            return
        if ran.packages:
            logger.info(
                "exchange.sent",
                target=target.name,
                accepted=ran.accepted,
                refused=ran.refused,
                waiting=ran.waiting,
                stopped=ran.stopped,
            )
