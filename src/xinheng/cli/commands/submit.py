"""`xinheng submit`: a file into the register; prints the verdict and the receipt."""

from __future__ import annotations

from pathlib import Path

import click

from xinheng.cli import failures
from xinheng.cli.environment import prepare, with_directory, with_json


@click.command("submit")
@click.argument("file", type=click.Path(path_type=Path, readable=False))
@click.option("--dataset", required=True, help="Name of the dataset, such as permit.")
@click.option("--unit", required=True, help="Code or name of the source unit.")
@click.option("--period", help="Reporting month, YYYY-MM (default: each record's own).")
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="HEADER=FIELD",
    help="Read this column as that field (English name); without FIELD leave it out.",
)
@click.option("--dry-run", is_flag=True, help="Say the same and store nothing.")
@with_directory
@with_json
def command(
    file: Path,
    dataset: str,
    unit: str,
    period: str | None,
    columns: tuple[str, ...],
    dry_run: bool,
    directory: Path | None,
    as_json: bool,
) -> None:
    """Hand in FILE: every row gets a verdict, accepted rows become records."""
    failures.refuse_unreadable(file, as_json=as_json)
    prepare(directory, as_json=as_json)
    from xinheng.cli import submitting

    answer = submitting.submit(
        file,
        dataset=dataset,
        unit=unit,
        period=period,
        columns=columns,
        dry_run=dry_run,
        as_json=as_json,
    )
    if as_json:
        failures.print_json(answer)
    else:
        submitting.print_verdict(answer)
    if answer["accepted"] != answer["rows_read"]:
        raise SystemExit(failures.NOT_ACCEPTED)
