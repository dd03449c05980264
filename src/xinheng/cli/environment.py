"""Make the register ready for a command: directory, Django, tables, units.

An empty database is set up at once. A database that holds data and lacks a migration is
left alone, because an upgrade is an operator's decision.
"""

from __future__ import annotations

import os
from pathlib import Path

import click

from xinheng.cli import failures


def prepare(directory: Path | None, *, as_json: bool = False) -> None:
    """Set Django up on `directory` (null: `XINHENG_DIR`, else `./var`).

    Leaves with exit code 2 where the directory can't be written, or the database can't
    be reached or is older than this release.
    """
    if directory is not None:
        os.environ["XINHENG_DIR"] = str(directory)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xinheng.project.settings")
    _adopt_demo(Path(os.environ.get("XINHENG_DIR", "var")))
    try:
        _set_up(as_json=as_json)
    except OSError as refused:
        where = os.environ.get("XINHENG_DIR", "var")
        failures.fail(
            "DIRECTORY",
            f"目录“{where}”无法写入：{refused.strerror}。",
            f"The directory {where} can't be written: {refused.strerror}.",
            as_json=as_json,
        )


def _adopt_demo(directory: Path) -> None:
    """Carry the demo's settings on to every later command on its directory."""
    secret = directory / "keys" / "demo-secret"
    if secret.is_file():
        os.environ.setdefault("XINHENG_DEMO", "1")
        os.environ.setdefault("XINHENG_INSECURE_HTTP", "1")
        os.environ.setdefault("XINHENG_SECRET_KEY_FILE", str(secret))


def _set_up(*, as_json: bool) -> None:
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.db import DatabaseError, connection

    try:
        django.setup()
    except ImproperlyConfigured as wrong:
        reason = " ".join(str(wrong).split())
        failures.fail(
            "SETTINGS",
            f"设置有误：{reason}",
            f"A setting is wrong: {reason}",
            as_json=as_json,
        )
    try:
        _migrate(as_json=as_json)
    except DatabaseError as refused:
        reason = str(refused).strip().splitlines()[0]
        failures.fail(
            "DATABASE",
            f"数据库无法使用：{reason}",
            f"The database can't be used: {reason}",
            as_json=as_json,
        )
    finally:
        connection.close()


def _migrate(*, as_json: bool) -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        if _holds_data():
            failures.fail(
                "MIGRATIONS",
                "数据库版本较旧，请先备份，再运行：python manage.py migrate",
                "The database is older than this release: back up, then run"
                " python manage.py migrate",
                as_json=as_json,
            )
        call_command("migrate", verbosity=0, interactive=False)
    from xinheng.cli import founding

    founding.found()


def _holds_data() -> bool:
    """Return whether anything was ever recorded in this database."""
    from django.db import connection

    from xinheng.apps.ledger import queries

    tables = connection.introspection.table_names()
    return "ledger_head" in tables and queries.size() > 0


with_directory = click.option(
    "--dir",
    "directory",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the data lives (default: $XINHENG_DIR, else ./var).",
)
with_json = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object on standard output."
)
