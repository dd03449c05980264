"""What an operator has to know, measured: the desk, `doctor` and the metrics ask here.

Everything is read, nothing is held up: a figure costs one query on an index, or one
look at the file system.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from django.conf import settings
from django.db import connection
from django.utils import timezone

from xinheng.apps.accounts import queries as accounts
from xinheng.apps.custody import queries
from xinheng.apps.intake import backlog as intake
from xinheng.apps.law import queries as law
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.ledger import soundness, witnesses
from xinheng.apps.ledger.queries import EntryView
from xinheng.apps.outbox import queries as outbox
from xinheng.core.upkeep.conditions import LIMITS, Condition, Limit

# A key that ended is asked for a week longer: somebody may be waiting for it.
KEY_ENDED = timedelta(days=7)
SECONDS_A_DAY = 86_400


def measure(*, at: datetime) -> tuple[Condition, ...]:
    """Return every condition, in the order of the limits."""
    figures: dict[str, float | None] = {
        name: value
        for part in (_waiting, _leaving, _keeping, _machine, _keys, _standing)
        for name, value in part(at).items()
    }
    return tuple(Condition(_limit(each), figures[each.code]) for each in LIMITS)


def _limit(limit: Limit) -> Limit:
    """Return the limit; that of the witnesses is the installation's own."""
    if limit.code != "witness_age":
        return limit
    allowed = float(settings.WITNESS_HOURS * 3600)
    return replace(limit, warn=allowed, bad=3 * allowed)


def _waiting(at: datetime) -> dict[str, float | None]:
    found = intake.backlog()
    return {
        "submissions_waiting_age": _age(found.oldest_file_at, at),
        "submissions_retried": found.retried,
        "sources_failing": found.failing_sources,
        "questions_age": _age(found.oldest_question_at, at),
    }


def _leaving(at: datetime) -> dict[str, float | None]:
    found = outbox.backlog(at=at)
    return {
        "deliveries_dead": found.dead,
        "deliveries_age": _age(found.oldest_due_at, at),
        "leases_expired": found.expired_leases,
    }


def _keeping(at: datetime) -> dict[str, float | None]:
    passed, failed = queries.last_drill(), queries.last_failed_drill()
    is_failing = failed is not None and (passed is None or failed.seq > passed.seq)
    return {
        "backup_age": _entry_age(queries.last_backup(), at),
        "restore_drill_age": _entry_age(passed, at),
        "restore_drill_failed": int(is_failing),
    }


def _machine(at: datetime) -> dict[str, float | None]:
    return {
        "disk_free": _disk_free(Path(settings.DATA_DIR)),
        "clock_drift": max(_database_drift(at), _ledger_drift(at)),
    }


def _keys(at: datetime) -> dict[str, float | None]:
    ends = accounts.next_key_end(since=at - KEY_ENDED)
    return {
        "certificate_left": _certificate_left(settings.CERTIFICATE, at),
        "service_key_left": _days(ends, at),
        "signing_key_missing": int(soundness.is_key_missing()),
    }


def _standing(at: datetime) -> dict[str, float | None]:
    waiting = None if settings.DEMO else witnesses.standing().waiting_since
    return {
        "ledger_contradicted": int(soundness.is_contradicted()),
        "witness_age": _age(waiting, at),
        "rulebook_unadopted": int(not law.is_adopted(on=timezone.localdate(at))),
    }


def _age(since: datetime | None, at: datetime) -> float | None:
    return None if since is None else max(0.0, (at - since).total_seconds())


def _entry_age(entry: EntryView | None, at: datetime) -> float | None:
    return _age(entry.recorded_at, at) if entry else None


def _days(until: datetime | None, at: datetime) -> float | None:
    return None if until is None else (until - at).total_seconds() / SECONDS_A_DAY


def _disk_free(directory: Path) -> float | None:
    try:
        found = shutil.disk_usage(directory)
    except OSError:
        return None
    return found.free / found.total


def _database_drift(at: datetime) -> float:
    """Return how far the database's clock is from ours, in seconds."""
    if connection.vendor != "postgresql":
        return 0.0  # the same machine, the same clock
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (theirs,) = cursor.fetchone()
    return abs(float((theirs - at).total_seconds()))


def _ledger_drift(at: datetime) -> float:
    """Return how far the ledger's last entry lies in the future."""
    last = ledger.last_recorded_at()
    return 0.0 if last is None else max(0.0, (last - at).total_seconds())


def _certificate_left(path: str, at: datetime) -> float | None:
    """Return the days that the site's certificate is good for.

    0 where it can't be read, null where no path is set.
    """
    if not path:
        return None
    try:
        read = x509.load_pem_x509_certificate(Path(path).read_bytes())
    except (OSError, ValueError):
        return 0.0
    return _days(read.not_valid_after_utc.astimezone(UTC), at)
