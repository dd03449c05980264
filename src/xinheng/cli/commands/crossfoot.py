"""xinheng crossfoot: check the totals of a printed unit-by-category table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from xinheng.cli import failures, verdict
from xinheng.cli.environment import with_json
from xinheng.core.screening import personal_id
from xinheng.pipeline import printed_table
from xinheng.pipeline.failures import UnreadableFileError

T = TypeVar("T")


@click.command("crossfoot")
@click.argument("file", type=click.Path(path_type=Path, readable=False))
@click.option(
    "--named",
    "named_file",
    type=click.Path(path_type=Path),
    help="A list of units (CSV, XLSX; column 'unit'): which zero units does it forget?",
)
@with_json
def command(file: Path, named_file: Path | None, *, as_json: bool) -> None:
    """Check the totals of the printed table FILE (CSV or XLSX).

    Names the wrong totals, the unit whose omission explains them, and the units with
    zero. Exit code 0: all totals are right; 1: some are wrong; 2: no such table.
    """
    table = _read(printed_table.read, file, as_json=as_json)
    named = None
    if named_file is not None:
        names = _read(printed_table.read_names, named_file, as_json=as_json)
        named = printed_table.spell_as_printed(names, table)
    reached = verdict.reach(table, named=named)
    if as_json:
        failures.print_json(verdict.as_json(reached))
    else:
        for line in verdict.as_text(reached):
            click.echo(line)
    raise SystemExit(0 if reached.found.is_ok else failures.NOT_ACCEPTED)


def _read(read: Callable[[Path], T], file: Path, *, as_json: bool) -> T:
    """Read one of the two files; a refusal says which of them it was."""
    try:
        return read(file)
    except UnreadableFileError as refused:
        name = file.name if personal_id.find(file.name) is None else "…"
        failures.fail(
            refused.code,
            f"{name}：{refused.message_zh}",
            f"{name}: {refused.message_en}",
            as_json=as_json,
        )
