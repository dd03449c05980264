"""`xinheng indicators`: the inputs of city monitoring, counted, kept, compared."""

from __future__ import annotations

from pathlib import Path

import click

from xinheng.cli import failures
from xinheng.cli.environment import prepare, with_directory, with_json


@click.command("indicators")
@click.argument("period", metavar="YYYY-MM", required=False)
@click.option(
    "--months",
    type=click.IntRange(1, 12),
    default=1,
    show_default=True,
    help="Count so many months that end with this one.",
)
@click.option("--keep", is_flag=True, help="Keep the figures as a cut of this month.")
@click.option("--edition", help="Edition of the pack (default: the latest).")
@click.option(
    "--peers",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Take figures of other cities from a CSV file instead.",
)
@with_directory
@with_json
def command(
    period: str | None,
    *,
    months: int,
    keep: bool,
    edition: str | None,
    peers: Path | None,
    directory: Path | None,
    as_json: bool,
) -> None:
    """Count the inputs of the national monitoring indicators for a month.

    Each has numerator, denominator and formula; what this register does not hold, and
    points that were not found, are empty. With --peers the columns of the file are
    city,period,input,value,source,published_on. Exit code 1: the month is not over, or
    a row of the file was not taken; 2: wrong call.
    """
    if (period is None) == (peers is None):
        raise click.UsageError("Give a month, or --peers FILE.")
    prepare(directory, as_json=as_json, must_exist=True)
    from xinheng.cli import indicating

    if peers is not None:
        answer = indicating.import_peers(peers, as_json=as_json)
    else:
        asked = indicating.Asked(period or "", months, edition, keep)
        answer = indicating.count(asked, as_json=as_json)
    if as_json:
        failures.print_json(answer)
    else:
        click.echo("\n".join(indicating.lines(answer)))
    raise SystemExit(failures.NOT_ACCEPTED if answer.get("refused") else 0)
