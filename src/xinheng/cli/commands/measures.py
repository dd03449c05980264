"""`xinheng measures`: tasks by file, for a unit without a network."""

from __future__ import annotations

from pathlib import Path

import click

from xinheng.cli import failures
from xinheng.cli.environment import prepare, with_directory, with_json


@click.group("measures")
def command() -> None:
    """Tasks of an executing unit, as files that are carried by hand."""


@command.command()
@click.option("--unit", required=True, help="The unit, by code or name.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Directory for the package (default: here).",
)
@with_directory
@with_json
def export(unit: str, out: Path, directory: Path | None, as_json: bool) -> None:
    """Write all that is open at a unit, tasks and recalls, as a signed package.

    The ZIP holds tasks.csv, for the unit to fill in, and the receipt of its act.
    `xinheng verify` checks it without a network.
    """
    prepare(directory, as_json=as_json, must_exist=True)
    from xinheng.cli import carrying

    answer = carrying.export(unit, out, as_json=as_json)
    if as_json:
        failures.print_json(answer)
    else:
        for key, value in answer.items():
            click.echo(f"{key}\t{value}")


@command.command()
@click.argument("file", type=click.Path(path_type=Path, readable=False))
@click.option("--unit", required=True, help="The unit, by code or name.")
@with_directory
@with_json
def feedback(file: Path, unit: str, directory: Path | None, as_json: bool) -> None:
    """Take the answers of a unit: its tasks.csv, filled in (CSV or workbook).

    What the same file said before changes nothing. Exit code 1 where some row could not
    be taken.
    """
    failures.refuse_unreadable(file, as_json=as_json)
    prepare(directory, as_json=as_json, must_exist=True)
    from xinheng.cli import carrying

    answer = carrying.feedback(file, unit, as_json=as_json)
    if as_json:
        failures.print_json(answer)
    else:
        carrying.tell(answer)
    if answer["refused"]:
        raise SystemExit(failures.NOT_ACCEPTED)
