"""What every test may rely on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

# A shared machine is slow at times; how long an example takes proves nothing.
settings.register_profile("xinheng", deadline=None)
settings.load_profile("xinheng")


@pytest.fixture(scope="session", autouse=True)
def _ledger_may_be_emptied_between_tests() -> Iterator[None]:
    """Lift the ledger's triggers while a transactional test's tables are emptied.

    The triggers refuse what Django's flush does; tests in core and pipeline run without
    Django and are left alone.
    """
    try:
        from django.db.backends.base.operations import BaseDatabaseOperations
    except ImportError:
        yield
        return

    flush = BaseDatabaseOperations.execute_sql_flush

    def flush_all(self: Any, sql_list: list[str]) -> None:
        from xinheng.apps.ledger import guards

        guards.remove(self.connection)
        flush(self, [*sql_list, *_emptying_the_search_index(self.connection)])
        guards.install(self.connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", flush_all)
        yield


def _emptying_the_search_index(connection: Any) -> list[str]:
    """Return what empties the search index, which has no models to be flushed by."""
    if "organizations_search" not in connection.introspection.table_names():
        return []
    beside = {
        "sqlite": "INSERT INTO organizations_search_text (organizations_search_text)"
        " VALUES ('delete-all')",
        "postgresql": "TRUNCATE organizations_search_gram",
    }
    return ["DELETE FROM organizations_search", beside[connection.vendor]]


@pytest.fixture(scope="session", autouse=True)
def _nobody_keeps_the_database_open(
    request: pytest.FixtureRequest,
) -> Iterator[None]:
    """End what threads of the tests left open: PostgreSQL can drop the database."""
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        yield
        return
    request.getfixturevalue("django_db_setup")
    blocker = request.getfixturevalue("django_db_blocker")
    yield
    from django.db import connection

    with blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
