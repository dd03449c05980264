"""`xinheng sources`: watched folders and databases that the worker drains."""

from __future__ import annotations

from pathlib import Path

import click

from xinheng.cli import failures
from xinheng.cli.environment import prepare, with_directory, with_json


@click.group("sources")
def command() -> None:
    """Watched folders and departments' databases (the file in XINHENG_SOURCES)."""


@command.command("list")
@with_directory
@with_json
def list_(directory: Path | None, as_json: bool) -> None:
    """Show what is configured: the last run of each, its cursor and its error."""
    prepare(directory, as_json=as_json)
    from xinheng.cli import sources

    rows = sources.describe(as_json=as_json)
    if as_json:
        failures.print_json({"sources": rows})
    else:
        sources.print_rows(rows)


@command.command()
@click.argument("name")
@with_directory
@with_json
def run(name: str, directory: Path | None, as_json: bool) -> None:
    """Drain the source NAME now, due or not."""
    prepare(directory, as_json=as_json)
    from xinheng.cli import sources

    done = sources.run(name, as_json=as_json)
    if as_json:
        failures.print_json(done)
    else:
        sources.print_rows([done])
    if done["error"]:
        raise SystemExit(failures.NOT_ACCEPTED)


@command.command()
@with_directory
@with_json
def check(directory: Path | None, as_json: bool) -> None:
    """Reach each source and warn where its account could write."""
    prepare(directory, as_json=as_json)
    from xinheng.cli import sources

    rows = sources.check(as_json=as_json)
    is_sound = not any(row["error"] or row["warnings"] for row in rows)
    if as_json:
        failures.print_json({"sources": rows})
    else:
        sources.print_rows(rows)
    if not is_sound:
        raise SystemExit(failures.NOT_ACCEPTED)
