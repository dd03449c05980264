"""xinheng bulletin: the monthly bulletin, as it was issued or as a draft."""

from __future__ import annotations

from pathlib import Path

import click

from xinheng.cli import failures
from xinheng.cli.environment import prepare, with_directory, with_json

FORMATS = ("html", "pdf", "docx", "xlsx", "csv", "json")
DEFAULT = ("html", "csv", "json")


@click.command("bulletin")
@click.argument("period", metavar="YYYY-MM")
@click.option(
    "--format",
    "formats",
    default=",".join(DEFAULT),
    show_default=True,
    help="Which files to write: html, pdf, docx, xlsx, csv, json.",
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
    help="A draft of what a ledger of so many entries knew.",
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
    """Write the bulletin of a month, as issued; a draft where no issue is out.

    An issue is the same file, byte for byte, whatever came in since.

    Exit code 0: written; 1: no unit has handed in anything for that month, or what is
    stored of the issue is not what was published; 2: wrong call, or a month that has
    not begun.
    """
    wanted = _wanted(formats, as_json=as_json)
    prepare(directory, as_json=as_json, must_exist=True)
    from xinheng.cli import publishing

    told = publishing.find(period, ledger_size=ledger_size, as_json=as_json)
    paths = publishing.write(told, formats=wanted, out=out, as_json=as_json)
    if as_json:
        click.echo(publishing.json_line(told))
    for path in paths:
        click.echo(path, err=as_json)


def _wanted(formats: str, *, as_json: bool) -> tuple[str, ...]:
    """Return the formats in the order asked; leaves with 2 where one is not there."""
    asked = tuple(dict.fromkeys(name.strip().lower() for name in formats.split(",")))
    for name in asked:
        if name not in FORMATS:
            failures.fail(
                "FORMAT",
                f"没有“{name}”格式，可用：{'、'.join(FORMATS)}。",
                f"There is no format {name}; there are {', '.join(FORMATS)}.",
                as_json=as_json,
            )
    return asked
