"""The worker's part in open data: an issue each day, and at once where one is not good.

Source: what ended is gone from the files at once, and new ones come within ten minutes.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from xinheng.apps.records import open_data

LOOK_EVERY = timedelta(seconds=30)
logger = structlog.get_logger("xinheng.worker")


class OpenData:
    """Looks now and then whether an issue is due, and makes it."""

    def __init__(self) -> None:
        self._not_before: datetime | None = None

    def work_off(self, *, at: datetime) -> None:
        """Make the next issue where one is due and nobody else is at it."""
        if self._not_before is not None and at < self._not_before:
            return
        self._not_before = at + LOOK_EVERY
        issue = open_data.make_due(at=at)
        if issue is not None:
            logger.info("open_data.made", serial=issue.serial)
