"""`xinheng nil-return`: an explicit zero report."""

from __future__ import annotations

from pathlib import Path

import click

from xinheng.cli import failures
from xinheng.cli.environment import prepare, with_directory, with_json


@click.command("nil-return")
@click.option("--unit", required=True, help="Code or name of the source unit.")
@click.option("--dataset", required=True, help="Name of the dataset.")
@click.option("--period", required=True, help="Reporting month, YYYY-MM.")
@with_directory
@with_json
def command(
    unit: str, dataset: str, period: str, directory: Path | None, as_json: bool
) -> None:
    """State that a unit has nothing to report for a month."""
    prepare(directory, as_json=as_json)
    from xinheng.cli import submitting

    filed = submitting.file_nil_return(
        unit=unit, dataset=dataset, period=period, as_json=as_json
    )
    answer = {
        "unit": filed.unit_code,
        "dataset": filed.dataset,
        "period": filed.period,
        "filed_at": filed.filed_at.isoformat(),
        "ledger_seq": filed.ledger_seq,
    }
    if as_json:
        failures.print_json(answer)
    else:
        click.echo(
            f"{filed.unit_name} {filed.period} {filed.dataset}：已提交零报告"
            f"（账本第 {filed.ledger_seq} 条）。"
        )
