"""`xinheng standing`: a file of codes in, the measures that apply out."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from xinheng.cli import failures
from xinheng.cli.environment import prepare, with_directory, with_json


@click.command("standing")
@click.argument("file", type=click.Path(path_type=Path, readable=False))
@click.option("--matter", required=True, help="The matter, by its code.")
@click.option("--purpose", required=True, help="What for; it is logged.")
@click.option("--unit", required=True, help="The unit that asks, by code or name.")
@click.option(
    "--column",
    default="统一社会信用代码",
    show_default=True,
    help="Header of the column of codes.",
)
@click.option("--on", "on", type=click.DateTime(["%Y-%m-%d"]), help="Day (today).")
@click.option(
    "--known-at", default="", help="As known on a day or at a ledger size (now)."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the rows to this CSV.",
)
@with_directory
@with_json
def command(
    file: Path,
    matter: str,
    purpose: str,
    unit: str,
    column: str,
    on: datetime | None,
    known_at: str,
    out: Path | None,
    directory: Path | None,
    as_json: bool,
) -> None:
    """Look up every organization of FILE (CSV or XLSX) in a matter.

    Exit code 0: every code was looked up; 1: some are no codes or unknown; 2: no such
    file, column, matter or unit.
    """
    prepare(directory, as_json=as_json, must_exist=True)
    from xinheng.cli import looking_up

    asked = looking_up.Asked(
        matter, purpose, unit, on.date() if on else None, known_at, as_json=as_json
    )
    answer = looking_up.look_up(file, column=column, asked=asked, out=out)
    if as_json:
        failures.print_json(answer)
    else:
        for key, value in answer.items():
            click.echo(f"{key}\t{value}")
    states = answer["states"]
    raise SystemExit(
        failures.NOT_ACCEPTED if {"invalid", "unknown"} & set(states) else 0
    )
