"""`xinheng audit`: administrative acts in a file that proves itself."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from xinheng.cli import failures
from xinheng.cli.environment import prepare, with_directory, with_json

DAY = click.DateTime(["%Y-%m-%d"])


@click.command("audit")
@click.option("--from", "begin", type=DAY, required=True, help="The first day.")
@click.option("--to", "end", type=DAY, required=True, help="The first day after.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="The file: .jsonl with proofs, or .csv to be read by people.",
)
@click.option(
    "--all", "is_all", is_flag=True, help="Every act, not administrative only."
)
@with_directory
@with_json
def command(
    begin: datetime,
    end: datetime,
    out: Path,
    is_all: bool,
    directory: Path | None,
    as_json: bool,
) -> None:
    """Export administrative acts: accounts, mandates, keys, rulebook, erasures, duties.

    Each line of a .jsonl file is a receipt; `xinheng verify` and the outsiders'
    verifier check the whole file. Acts name accounts by their opaque ids.
    """
    if begin >= end:
        failures.fail(
            "PERIOD",
            "--from 应早于 --to。",
            "--from has to be before --to.",
            as_json=as_json,
        )
    if out.suffix not in {".jsonl", ".csv"}:
        failures.fail(
            "FORMAT",
            "--out 的扩展名应为 .jsonl 或 .csv。",
            "--out has to end in .jsonl or .csv.",
            as_json=as_json,
        )
    prepare(directory, as_json=as_json, must_exist=True)
    from xinheng.cli import auditing

    auditing.write(
        out, begin=begin.date(), end=end.date(), is_all=is_all, as_json=as_json
    )
