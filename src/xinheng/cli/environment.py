"""Make the register ready for a command: directory, Django, tables, units.

An empty database is set up at once. A database that holds data and lacks a migration is
left alone, because an upgrade is an operator's decision.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NoReturn

import click

from xinheng.cli import failures


def prepare(
    directory: Path | None,
    *,
    as_json: bool = False,
    must_exist: bool = False,
    founding: bool = True,
) -> None:
    """Set Django up on `directory` (null: `XINHENG_DIR`, else `./var`).

    With `must_exist` nothing is made: a mistyped directory holds no register. Without
    `founding` the tables are made and stay empty.

    Leaves with exit code 2 where the directory can't be written, or the database can't
    be reached or is older than this release.
    """
    if directory is not None:
        os.environ["XINHENG_DIR"] = str(directory)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xinheng.project.settings")
    _adopt_demo(Path(os.environ.get("XINHENG_DIR", "var")))
    if must_exist and not _has_embedded_file():
        _refuse_empty(as_json=as_json)
    try:
        _set_up(as_json=as_json, must_exist=must_exist, is_founding=founding)
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


def _set_up(*, as_json: bool, must_exist: bool, is_founding: bool) -> None:
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.db import DatabaseError, connection

    try:
        django.setup()
    except ImproperlyConfigured as wrong:
        _refuse_setting(wrong, as_json=as_json)
    try:
        if must_exist and not _holds_data():
            _refuse_empty(as_json=as_json)
        _migrate(as_json=as_json)
        if is_founding:
            from xinheng.cli import founding

            founding.found()
    except ImproperlyConfigured as wrong:  # found only when the database is opened
        _refuse_setting(wrong, as_json=as_json)
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


def _refuse_setting(wrong: Exception, *, as_json: bool) -> NoReturn:
    reason = " ".join(str(wrong).split())
    failures.fail(
        "SETTINGS",
        f"设置有误：{reason}",
        f"A setting is wrong: {reason}",
        as_json=as_json,
    )


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


def _has_embedded_file() -> bool:
    """Tell whether the embedded database is there; true where it is not used."""
    if {"DATABASE_URL", "DATABASE_URL_FILE"} & set(os.environ):
        return True
    return (Path(os.environ.get("XINHENG_DIR", "var")) / "xinheng.sqlite3").is_file()


def _refuse_empty(*, as_json: bool) -> NoReturn:
    failures.fail(
        "NO_REGISTER",
        "这里没有登记库，请核对 --dir 和 DATABASE_URL。",
        "There is no register here; check --dir and DATABASE_URL.",
        as_json=as_json,
    )


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
