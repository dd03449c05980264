"""What `--known-at` and `--on` ask for."""

from __future__ import annotations

from django.utils import timezone

from xinheng.apps.ledger.as_of import FutureError, MalformedTimeError, parse
from xinheng.cli import failures
from xinheng.core.two_times import AsOf


def read(*, known_at: str, on: str, as_json: bool) -> AsOf | None:
    """Return what was asked for, null for today; leave with 2 where that is nothing."""
    try:
        return parse(known_at=known_at, on=on, at=timezone.now())
    except MalformedTimeError:
        failures.fail(
            "TIME",
            "日期请写成 2019-06-20，账本长度请写成数字。",
            "Write days as 2019-06-20, a ledger size as a number.",
            as_json=as_json,
        )
    except FutureError:
        failures.fail(
            "NOT_KNOWN_YET",
            "这一天还没有到，或者账本尚未达到这一长度。",
            "The day has not come, or the ledger has not reached that size.",
            as_json=as_json,
        )
