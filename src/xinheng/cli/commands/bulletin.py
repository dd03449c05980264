"""xinheng bulletin: the monthly bulletin's table, computed from the register."""

from __future__ import annotations

from pathlib import Path

import click

from xinheng.cli import failures
from xinheng.cli.environment import prepare, with_directory, with_json

FORMATS = ("html", "csv", "json")
LATER = ("pdf", "docx", "xlsx")


@click.command("bulletin")
@click.argument("period", metavar="YYYY-MM")
@click.option(
    "--format",
    "formats",
    default=",".join(FORMATS),
    show_default=True,
    help="Which files to write, separated by commas.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("."),
    help="Directory of the files (default: here).",
)
@click.option(
    "--ledger-size",
    type=click.IntRange(min=0),
    help="Count what a ledger of so many entries knew (default: all of it).",
)
@with_directory
@with_json
def command(
    period: str,
    formats: str,
    out: Path,
    ledger_size: int | None,
    directory: Path | None,
    *,
    as_json: bool,
) -> None:
    """Write the bulletin of a month: html (to print), csv and json.

    Exit code 0: written; 1: no unit has handed in anything for that month; 2: wrong
    call, or a month that has not begun.
    """
    wanted = _wanted(formats, as_json=as_json)
    prepare(directory, as_json=as_json, must_exist=True)
    from xinheng.cli import publishing

    issue = publishing.issue(period, ledger_size=ledger_size, as_json=as_json)
    paths = publishing.write(issue, formats=wanted, out=out, as_json=as_json)
    if as_json:
        click.echo(publishing.json_line(issue))
    for path in paths:
        click.echo(path, err=as_json)


def _wanted(formats: str, *, as_json: bool) -> tuple[str, ...]:
    """Return the formats in the order asked; leaves with 2 where one is not there."""
    asked = tuple(dict.fromkeys(name.strip().lower() for name in formats.split(",")))
    for name in asked:
        if name in LATER:
            failures.fail(
                "FORMAT_LATER",
                f"“{name}”格式尚未提供，目前可用：html、csv、json。",
                f"The format {name} is not there yet; there are html, csv and json.",
                as_json=as_json,
            )
        if name not in FORMATS:
            failures.fail(
                "FORMAT",
                f"没有“{name}”格式，可用：html、csv、json。",
                f"There is no format {name}; there are html, csv and json.",
                as_json=as_json,
            )
    return asked
