"""The worker's daily round over listings whose term is over."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from xinheng.apps.listings import sweeping


class Daily:
    """Sweeps once a legal day; what is over has no effect before that either."""

    def __init__(self) -> None:
        self._done_on: date | None = None

    def work_off(self, *, at: datetime) -> int:
        """Sweep unless this day's round is done, and return how many ended."""
        today = timezone.localdate(at)
        if self._done_on == today:
            return 0
        ended = sweeping.expire_due(at=at)
        self._done_on = today
        return ended
