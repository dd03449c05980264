"""`xinheng doctor`: every condition of the installation, and what to do about it."""

from __future__ import annotations

from pathlib import Path

import click

from xinheng.cli import failures
from xinheng.cli.environment import prepare, with_directory, with_json


@click.command("doctor")
@with_directory
@with_json
def command(directory: Path | None, as_json: bool) -> None:
    """Measure the installation: queues, backups, disk, clocks, keys, ledger.

    The same lines as the operator's desk. Exit code 1 where something is to be done,
    2 where nothing could be measured.
    """
    prepare(directory, as_json=as_json, must_exist=True)
    from xinheng.cli import examining

    found = examining.examine()
    if as_json:
        failures.print_json(examining.answer(found))
    else:
        click.echo("\n".join(examining.lines(found)))
    raise SystemExit(failures.NOT_ACCEPTED if examining.is_to_be_done(found) else 0)
