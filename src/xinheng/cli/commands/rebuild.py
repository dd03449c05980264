"""`xinheng rebuild --verify`: the tables against archive and ledger."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from xinheng.cli import failures
from xinheng.cli.environment import prepare, with_directory, with_json


@click.command("rebuild")
@click.option(
    "--verify",
    is_flag=True,
    required=True,
    help="Compare with the live tables; nothing is written.",
)
@with_directory
@with_json
def command(verify: bool, directory: Path | None, as_json: bool) -> None:
    """Rebuild the records from archive and ledger, and compare them with the tables.

    Exit code 1 where they differ, with what differs and where.
    """
    prepare(directory, as_json=as_json, must_exist=True)
    from xinheng.apps.custody import rebuild

    report = rebuild.verify()
    if as_json:
        failures.print_json({"ok": report.ok, **asdict(report)})
    else:
        for each in report.differences:
            click.echo(f"{each.code} {each.place}")
        verdict = ("一致", "equal") if report.ok else ("不一致", "NOT equal")
        click.echo(
            f"账本 {report.ledger_size} 条，{report.landings} 次入库，"
            f"{report.versions:,} 个记录版本（其中已删除 {report.erased:,}）："
            f"重建结果与数据表{verdict[0]}。"
            f" {report.versions:,} versions of {report.landings} landings rebuilt,"
            f" {report.erased:,} of them erased: {verdict[1]} to the tables."
        )
    if not report.ok:
        raise SystemExit(failures.NOT_ACCEPTED)
