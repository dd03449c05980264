"""The worker's push: webhooks leave in a thread, so that a slow receiver holds up none.

Once an hour the credit office is told of tasks and recalls that are late.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.db import DatabaseError, connection
from django.utils import timezone

from xinheng.apps.measures import escalating
from xinheng.apps.outbox import webhooks

logger = structlog.get_logger("xinheng.worker")
EVERY_SECONDS = 1.0
ESCALATE_EVERY = timedelta(hours=1)
ACTOR = "worker"


class Pusher:
    """Sends what is due until it is stopped."""

    def __init__(self, worker: str) -> None:
        self._worker = worker
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._go_on, daemon=True)

    def start(self) -> None:
        """Begin, beside whatever else the process does."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the message that is under way, and end."""
        self._stopped.set()
        self._thread.join()

    def _go_on(self) -> None:
        sender = webhooks.new_sender()
        while not self._stopped.wait(EVERY_SECONDS):
            try:
                sent = webhooks.work_off(
                    worker=self._worker, at=timezone.now(), sender=sender
                )
                if sent:
                    logger.info("webhooks.sent", messages=sent)
            except (DatabaseError, OSError) as failure:
                logger.warning("webhooks.broke_off", failure=type(failure).__name__)
                connection.close()
        sender.client.close()
        connection.close()


class Hourly:
    """Escalates what is late, once an hour."""

    def __init__(self, escalate: Callable[..., int] = escalating.escalate) -> None:
        self._escalate = escalate
        self._not_before: datetime | None = None

    def work_off(self, *, at: datetime) -> int:
        """Escalate unless the hour is not over; return how many were told."""
        if self._not_before is not None and at < self._not_before:
            return 0
        self._not_before = at + ESCALATE_EVERY
        told = 0
        while some := self._escalate(actor=ACTOR, at=at):
            told += some
        return told
