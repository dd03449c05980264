"""`xinheng report`: a signed credit report, or one for each code of a file."""

from __future__ import annotations

from pathlib import Path

import click

from xinheng.cli import failures
from xinheng.cli.environment import prepare, with_directory, with_json


@click.command("report")
@click.argument("uscc", required=False)
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="The PDF to write; with --batch the directory for one PDF each.",
)
@click.option(
    "--batch",
    type=click.Path(path_type=Path, readable=False),
    help="A file (CSV or XLSX) of codes instead of one.",
)
@click.option(
    "--column",
    default="统一社会信用代码",
    show_default=True,
    help="Header of the column of codes.",
)
@click.option("--unit", help="For an administrative matter: the unit that asks.")
@click.option(
    "--purpose", default="", help="The matter; it is logged, and shown to it."
)
@click.option(
    "--known-at",
    default="",
    help="As the register knew it on a day, or at a ledger size, instead of now.",
)
@click.option("--on", default="", help="About this day: that of --known-at, or today.")
@with_directory
@with_json
def command(
    uscc: str | None,
    out: Path,
    batch: Path | None,
    column: str,
    unit: str | None,
    purpose: str,
    known_at: str,
    on: str,
    directory: Path | None,
    as_json: bool,
) -> None:
    """Write the credit report of USCC: what is public, signed, with its proof.

    With --unit it is a report for an administrative matter: it also holds what is
    shared among public bodies, and the organization sees who took it and what for. A
    batch that was interrupted goes on where it stopped. With --known-at or --on it
    states what was known then, as far as it may be stated today.

    Exit code 0: every report was written; 1: some organization is not in the register,
    or was not then; 2: a wrong call, or a file that can't be read or written.
    """
    if (uscc is None) == (batch is None):
        failures.fail(
            "WRONG_CALL",
            "请给出一个统一社会信用代码，或用 --batch 给出文件。",
            "Give one unified code, or a file with --batch.",
            as_json=as_json,
        )
    prepare(directory, as_json=as_json, must_exist=True)
    from xinheng.cli import reporting, two_times

    then = two_times.read(known_at=known_at, on=on, as_json=as_json)
    asked = reporting.Asked(unit, purpose, then, as_json=as_json)
    if batch is None:
        answer = reporting.one(uscc or "", asked=asked, out=out)
    else:
        answer = reporting.many(batch, column=column, asked=asked, out=out)
    if as_json:
        failures.print_json(answer)
    else:
        for key, value in answer.items():
            click.echo(f"{key}\t{value}")
    raise SystemExit(failures.NOT_ACCEPTED if answer.get("not_written") else 0)
