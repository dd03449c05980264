"""The database itself refuses to change the ledger."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from xinheng.apps.ledger import guards, operations

FORBIDDEN = [
    "UPDATE ledger_entry SET actor = 'someone'",
    "UPDATE ledger_entry SET body = NULL, salt = NULL",
    "UPDATE ledger_entry SET seq = seq + 10",
    "DELETE FROM ledger_entry",
    "UPDATE ledger_node SET level = 9",
    "DELETE FROM ledger_node WHERE level = 0",
    "UPDATE ledger_checkpoint SET note = ''",
    "DELETE FROM ledger_checkpoint",
    "UPDATE ledger_head SET size = 0",
    "DELETE FROM ledger_head",
]
# Each leaves a trigger of the right name that lets changes through.
TOOTHLESS = [
    (
        "DROP TRIGGER ledger_entry_no_update",
        "CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry"
        " BEGIN SELECT 1; END",
    )
]
if connection.vendor == "postgresql":
    FORBIDDEN += [
        "TRUNCATE ledger_entry",
        "TRUNCATE ledger_node",
        "TRUNCATE ledger_checkpoint",
        "TRUNCATE ledger_head",
    ]
    TOOTHLESS = [
        ("ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entry_no_update",),
        ("ALTER TABLE ledger_entry ENABLE REPLICA TRIGGER ledger_entry_no_update",),
        (
            "CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger"
            " LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        ),
        (
            "DROP TRIGGER ledger_entry_no_update ON ledger_entry",
            "CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry"
            " FOR EACH ROW WHEN (false) EXECUTE FUNCTION ledger_refuse()",
        ),
    ]


@pytest.fixture
def ledger(db, append):
    append(0)
    append(1)
    operations.issue_checkpoint()


def execute(statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.usefixtures("ledger")
class TestTriggers:
    @pytest.mark.parametrize("statement", FORBIDDEN)
    def test_refuse_to_change_what_is_recorded(self, statement):
        with pytest.raises(DatabaseError, match="append-only"):
            execute(statement)

    def test_let_the_head_grow(self):
        execute("UPDATE ledger_head SET size = size + 1")


@pytest.mark.django_db
class TestListMissing:
    def test_all_are_in_place_after_migration(self):
        assert guards.list_missing(connection) == []

    def test_names_one_that_was_dropped(self):
        table = " ON ledger_node" if connection.vendor == "postgresql" else ""
        execute(f"DROP TRIGGER ledger_node_no_delete{table}")

        assert guards.list_missing(connection) == ["ledger_node_no_delete"]

    @pytest.mark.parametrize("statements", TOOTHLESS)
    def test_names_one_that_no_longer_refuses(self, statements):
        for statement in statements:
            execute(statement)

        assert "ledger_entry_no_update" in guards.list_missing(connection)

    def test_names_all_when_all_are_gone(self):
        guards.remove(connection)

        missing = guards.list_missing(connection)

        assert {"ledger_entry_no_update", "ledger_head_no_delete"} <= set(missing)

    def test_installing_again_changes_nothing(self):
        guards.install(connection)

        assert guards.list_missing(connection) == []
