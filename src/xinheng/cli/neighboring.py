"""Other installations that are followed, on the command line and in the worker."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.utils import timezone

from xinheng.apps.exchange import following, neighbors
from xinheng.apps.exchange.following import FollowError
from xinheng.apps.exchange.neighbors import Neighbor
from xinheng.cli.exchanging import OPERATOR, WORKER, configured

logger = structlog.get_logger("xinheng.worker")
EVERY = timedelta(minutes=10)


def follow(name: str | None, *, as_json: bool) -> list[dict[str, Any]]:
    """Follow one neighbor, or all; `error` is empty where it went well."""
    with configured(as_json=as_json):
        chosen = neighbors.load() if name is None else (neighbors.get(name),)
        return [_followed(each, OPERATOR) for each in chosen]


def _followed(neighbor: Neighbor, actor: str) -> dict[str, Any]:
    try:
        done = following.follow(neighbor, actor=actor, at=timezone.now())
    except FollowError as failed:
        return {"neighbor": neighbor.name, "error": failed.code}
    return {**asdict(done), "error": ""}


class Followers:
    """Follows every neighbor now and then."""

    def __init__(self) -> None:
        with configured(as_json=False):
            self._neighbors = neighbors.load()
        self._not_before: datetime | None = None

    def work_off(self, *, at: datetime) -> None:
        """Follow, unless that was done a moment ago."""
        if self._not_before is not None and at < self._not_before:
            return
        self._not_before = at + EVERY
        for neighbor in self._neighbors:
            done = _followed(neighbor, WORKER)
            if done["error"]:
                logger.warning("exchange.not_followed", **done)
            elif done["put"] or done["removed"]:
                logger.info("exchange.followed", **done)
