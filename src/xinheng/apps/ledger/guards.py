"""Triggers with which the database itself keeps the ledger append-only.

    entry                     as below, but body and salt of one that `ledger_emptied`
                              names may be set to null
    node, checkpoint, key,
    cosignature, emptied      no UPDATE, no DELETE, no TRUNCATE (PostgreSQL)
    head                      grows only: no DELETE, no TRUNCATE, no smaller size

They stop a careless hand and a faulty program. Whoever may drop triggers is found out
by `verify`, which also asks whether they are in place as written here. SQLite drops the
triggers of a table that a migration rebuilds, so such a migration ends with `install`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.backends.base.base import BaseDatabaseWrapper

ENTRY = "ledger_entry"
EMPTIED = "ledger_emptied"
FROZEN = (
    ENTRY,
    "ledger_node",
    "ledger_checkpoint",
    "ledger_key",
    "ledger_cosignature",
    EMPTIED,
)
HEAD = "ledger_head"
REFUSAL = "the ledger is append-only"

_SQLITE = """CREATE TRIGGER {name} BEFORE {event} ON {table}{condition}
BEGIN SELECT RAISE(ABORT, '{refusal}'); END"""

_POSTGRESQL_SOURCE = f"""
BEGIN
    RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation';
END
"""

_POSTGRESQL_FUNCTION = f"""CREATE FUNCTION ledger_refuse() RETURNS trigger
LANGUAGE plpgsql AS $${_POSTGRESQL_SOURCE}$$"""

_POSTGRESQL = """CREATE TRIGGER {name} BEFORE {event} ON {table}
FOR EACH {scope}{condition} EXECUTE FUNCTION ledger_refuse()"""

# What an erasure leaves as it is. Anyone may name an entry in `ledger_emptied`: whether
# the ledger itself orders it is what `verify` asks.
_LEFT = ("seq", "recorded_at", "kind", "subject", "actor", "entry")
_KEEPS_BODY = (
    "BEGIN RETURN (SELECT NOT (n.body IS NULL AND n.salt IS NULL AND "
    + " AND ".join(f"n.{column} = o.{column}" for column in _LEFT)
    + " AND EXISTS (SELECT 1 FROM ledger_emptied e WHERE e.seq = o.seq))); END"
)
_KEEPS_FUNCTION = f"""CREATE OR REPLACE FUNCTION
ledger_keeps(o ledger_entry, n ledger_entry) RETURNS boolean
LANGUAGE plpgsql STABLE AS $${_KEEPS_BODY}$$"""
_ALTERS = {
    "postgresql": " WHEN (ledger_keeps(OLD.*, NEW.*))",
    "sqlite": " WHEN NOT (NEW.body IS NULL AND NEW.salt IS NULL AND "
    + " AND ".join(f"NEW.{column} = OLD.{column}" for column in _LEFT)
    + " AND EXISTS (SELECT 1 FROM ledger_emptied WHERE seq = OLD.seq))",
}

_SHRINKS = " WHEN (NEW.size < OLD.size)"


def install(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers, replacing those that are there.

    A table that a later migration makes is left to that migration.
    """
    remove(connection)
    there = set(connection.introspection.table_names())
    statements = [
        statement
        for (_, _, table, _), statement in zip(
            _triggers(connection.vendor),
            _statements(connection.vendor, may_empty=EMPTIED in there).values(),
            strict=True,
        )
        if table in there
    ]
    if connection.vendor == "postgresql":
        keeps = [_KEEPS_FUNCTION] if EMPTIED in there else []
        statements = [_POSTGRESQL_FUNCTION, *keeps, *statements]
    _run(connection, statements)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop the triggers: for migrations, and for tests that tamper."""
    if connection.vendor == "postgresql":
        _run(connection, ["DROP FUNCTION IF EXISTS ledger_refuse() CASCADE"])
        return
    names = _statements(connection.vendor)
    _run(connection, [f"DROP TRIGGER IF EXISTS {name}" for name in names])


def _run(connection: BaseDatabaseWrapper, statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def list_missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of triggers that are absent, disabled or changed, sorted."""
    wanted = _statements(connection.vendor)
    if connection.vendor == "postgresql":
        return sorted(set(wanted) - _in_force_postgresql(connection))
    stored = _stored_sqlite(connection)
    return sorted(name for name in wanted if stored.get(name) != wanted[name])


def _statements(vendor: str, *, may_empty: bool = True) -> Mapping[str, str]:
    if vendor == "postgresql":
        return {
            name: _POSTGRESQL.format(
                name=name,
                event=event,
                table=table,
                condition=condition,
                scope="STATEMENT" if event == "TRUNCATE" else "ROW",
            )
            for name, event, table, condition in _triggers(vendor, may_empty=may_empty)
        }
    return {
        name: _SQLITE.format(
            name=name, event=event, table=table, condition=condition, refusal=REFUSAL
        )
        for name, event, table, condition in _triggers(vendor, may_empty=may_empty)
    }


def _triggers(
    vendor: str, *, may_empty: bool = True
) -> list[tuple[str, str, str, str]]:
    """Return (name, event, table, condition) of every trigger."""
    removals = ["DELETE", "TRUNCATE"] if vendor == "postgresql" else ["DELETE"]
    alters = _ALTERS[vendor] if may_empty else ""
    tables = [
        (table, event, alters if (table, event) == (ENTRY, "UPDATE") else "")
        for table in FROZEN
        for event in ["UPDATE", *removals]
    ]
    head = [(HEAD, "UPDATE", _SHRINKS), *((HEAD, event, "") for event in removals)]
    return [
        (f"{table}_no_{event.lower()}", event, table, condition)
        for table, event, condition in tables + head
    ]


def _stored_sqlite(connection: BaseDatabaseWrapper) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        return dict(cursor.fetchall())


def _in_force_postgresql(connection: BaseDatabaseWrapper) -> set[str]:
    """Return the triggers that fire, on their table, a function that still refuses."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, pg_get_triggerdef(pg_trigger.oid) FROM pg_trigger"
            " JOIN pg_proc ON pg_proc.oid = tgfoid"
            " WHERE tgenabled IN ('O', 'A') AND proname = 'ledger_refuse'"
            " AND prosrc = %s",
            [_POSTGRESQL_SOURCE],
        )
        found = dict(cursor.fetchall())
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'ledger_keeps'")
        keeps = [row[0] for row in cursor.fetchall()] == [_KEEPS_BODY]
    return {
        name
        for name, event, table, condition in _triggers("postgresql")
        if _says(found.get(name, ""), event, table, condition)
        and (keeps or condition != _ALTERS["postgresql"])
    }


def _says(definition: str, event: str, table: str, condition: str) -> bool:
    conditional = "WHEN" in definition
    if condition == _ALTERS["postgresql"] and condition.lower() not in (
        definition.lower()
    ):
        return False
    return (
        f"BEFORE {event} ON" in definition
        and f"{table} FOR EACH" in definition
        and conditional is bool(condition)
    )
