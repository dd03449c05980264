"""Which machine looks organizations up: by its key, as often as it may."""

from __future__ import annotations

import threading
import time

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from xinheng.apps.accounts import tokens
from xinheng.apps.accounts.queries import KeyView
from xinheng.apps.standing import snapshot
from xinheng.core.standing.limiting import Bucket

BURST_SECONDS = 2
BATCH_SHARE = 100


class TooManyLookUpsError(RuntimeError):
    """The key asks faster than it may."""


class LookUpKey(HttpBearer):
    """`Authorization: Bearer KEY`, a key that names matters; no database is asked."""

    def authenticate(self, request: HttpRequest, token: str) -> KeyView | None:
        """Return the key, null where it does not hold."""
        prefix = tokens.find_prefix(token)
        if prefix is None:
            return None
        key = snapshot.snapshot.view().find_key(prefix, timezone.now())
        return key if key is not None and key.is_of(token) else None


class LookUpRequest(HttpRequest):
    """A request that has passed `LookUpKey`."""

    auth: KeyView


class Limiter:
    """One bucket for each key, in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._buckets: dict[str, Bucket] = {}

    def take(self, key: KeyView, amount: float = 1) -> None:
        """Let a key ask, or not.

        Raises:
            TooManyLookUpsError: where it asks faster than it may.
        """
        rate, now = float(settings.LOOK_UPS_PER_SECOND), time.monotonic()
        with self._lock:
            bucket = self._buckets.get(key.prefix)
            if bucket is None or bucket.rate != rate:
                burst = rate * BURST_SECONDS
                bucket = self._buckets[key.prefix] = Bucket(rate, burst, burst, now)
            is_let = bucket.take(amount, now=now)
        if not is_let:
            raise TooManyLookUpsError


limiter = Limiter()
