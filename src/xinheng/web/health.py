"""Health: is the process alive, and can it do its work.

`/healthz` touches nothing, so that a busy database never gets the process killed.
`/readyz` says which part is not ready and nothing about why: the log has that.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import cache

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from xinheng.apps.ledger import queries as ledger

log = structlog.get_logger()


@never_cache
@require_safe
def alive(request: HttpRequest) -> JsonResponse:
    """Answer as long as the process runs."""
    return JsonResponse({"status": "alive"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 where every part works, else 503 with the first one that does not."""
    for name, works in PARTS.items():
        try:
            is_fine = works()
        except (DatabaseError, OSError) as failure:
            log.warning("not ready", part=name, failure=type(failure).__name__)
            is_fine = False
        if not is_fine:
            return JsonResponse({"status": "unready", "failed": name}, status=503)
    return JsonResponse({"status": "ready"})


def _database_answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def _migrations_are_applied() -> bool:
    return _known_migrations() <= set(
        MigrationRecorder(connection).applied_migrations()
    )


@cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    """Return the migrations of this release; they don't change while it runs."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def _ledger_can_be_read() -> bool:
    return ledger.size() >= 0


def _directory_can_be_written() -> bool:
    with tempfile.TemporaryFile(dir=settings.DATA_DIR) as probe:
        probe.write(b"1")
        probe.flush()
    return True


PARTS: dict[str, Callable[[], bool]] = {
    "database": _database_answers,
    "migrations": _migrations_are_applied,
    "ledger": _ledger_can_be_read,
    "data_directory": _directory_can_be_written,
}
