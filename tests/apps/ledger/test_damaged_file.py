"""A damaged SQLite file: any bytes may stand in any column, and none stops the check.

PostgreSQL keeps a column's type itself, so these are collected on SQLite only.
"""

from __future__ import annotations

import pytest
from django.db import connection

from xinheng.apps.ledger import operations, queries

MISSING = {"TRIGGER_MISSING"}


@pytest.fixture
def open_ledger(db, append, lift_guards):
    for number in range(11):
        append(number)
        if number in (3, 8):
            operations.issue_checkpoint()


@pytest.mark.usefixtures("open_ledger")
class TestDamagedFile:
    @pytest.mark.parametrize(
        "value", ["X'FFFE'", "'x'", "12", "''", "CAST(X'C328' AS TEXT)"]
    )
    @pytest.mark.parametrize(
        ("table", "column", "where"),
        [
            ("entry", "recorded_at", "seq = 5"),
            ("entry", "kind", "seq = 5"),
            ("entry", "body", "seq = 5"),
            ("entry", "salt", "seq = 5"),
            ("entry", "entry", "seq = 5"),
            ("node", "hash", "level = 0 AND number = 5"),
            ("head", "size", "id = 1"),
            ("head", "root", "id = 1"),
            ("head", "note", "id = 1"),
            ("checkpoint", "size", "size = 4"),
            ("checkpoint", "root", "size = 4"),
            ("checkpoint", "note", "size = 4"),
        ],
    )
    def test_is_found_and_told(self, table, column, where, value):
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA ignore_check_constraints = ON")
            cursor.execute(
                f"UPDATE ledger_{table} SET {column} = {value} WHERE {where}"
            )
            cursor.execute("PRAGMA ignore_check_constraints = OFF")

        assert {each.code for each in queries.verify().problems} - MISSING

    def test_an_impossible_date_is_found(self):
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE ledger_entry SET recorded_at = '2019-13-45 00:00:00'"
                " WHERE seq = 5"
            )

        problems = queries.verify().problems
        assert ("ENTRY_UNREADABLE", "5") in [(p.code, p.place) for p in problems]
