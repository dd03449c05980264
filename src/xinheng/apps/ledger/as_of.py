"""What a reader asks for in two times, as a place in the ledger and a day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from xinheng.apps.ledger import queries
from xinheng.core.two_times import AsOf

LONGEST = 20


class MalformedTimeError(ValueError):
    """Neither a day nor, where one is taken, a size of the ledger."""


class FutureError(LookupError):
    """The ledger has not reached this size, or the day has not come."""


def parse(*, known_at: str, on: str, at: datetime) -> AsOf | None:
    """Return what two texts ask for, null where both are empty.

    `known_at` is a day (YYYY-MM-DD: all that was recorded before it ended) or a size of
    the ledger; empty means as known now. `on` is a day; empty means the day of
    `known_at`.

    Raises:
        FutureError, MalformedTimeError.
    """
    known_at, on = known_at.strip(), on.strip()
    if not known_at and not on:
        return None
    moment, size = _known(known_at, at)
    day = _day(on) if on else min(timezone.localdate(moment), timezone.localdate(at))
    return AsOf(day, moment, size)


def _known(text: str, at: datetime) -> tuple[datetime, int]:
    if not text:
        return _at_size(queries.size(), at)
    if text.isascii() and text.isdecimal() and len(text) <= LONGEST:
        return _at_size(int(text), at)
    day = _day(text)
    if day > timezone.localdate(at):
        raise FutureError(text)
    moment = min(_end(day), at)
    return moment, queries.size_at(moment)


def _at_size(size: int, at: datetime) -> tuple[datetime, int]:
    now = queries.size()
    if size > now:
        raise FutureError(str(size))
    reached = queries.moment_of(size)
    return (max(at, reached) if size == now else reached), size


def _end(day: date) -> datetime:
    """Return the last moment of a day here."""
    midnight = datetime.combine(day + timedelta(days=1), time.min)
    return timezone.make_aware(midnight) - timedelta(microseconds=1)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise MalformedTimeError(text) from None
    if not 1900 <= day.year <= 2200:
        raise MalformedTimeError(text)
    return day
