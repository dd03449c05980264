"""`xinheng recount`: a month's table against the files of the archive."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from xinheng.cli import failures
from xinheng.cli.environment import prepare, with_directory, with_json


@click.command("recount")
@click.argument("period", metavar="YYYY-MM")
@with_directory
@with_json
def command(period: str, directory: Path | None, *, as_json: bool) -> None:
    """Count a month again from the archive, and compare it with the tables.

    Unit by dataset, from the Parquet files alone. Exit code 1 where they differ: a
    record was withdrawn or erased since, or something is wrong.
    """
    prepare(directory, as_json=as_json, must_exist=True)
    from django.conf import settings

    from xinheng.apps.statistics import recount
    from xinheng.core.catalog import periods

    try:
        done = recount.recount(period=period, spill=Path(settings.STAGING_DIR))
    except periods.InvalidPeriodError:
        failures.fail(
            "PERIOD",
            f"“{period}”不是月份，请写成 YYYY-MM，例如 2019-05。",
            f"{period} is no month; write YYYY-MM, such as 2019-05.",
            as_json=as_json,
        )
    if as_json:
        failures.print_json({"ok": done.ok, **asdict(done)})
    else:
        for each in done.differences:
            click.echo(
                f"{each.unit} {each.dataset}：数据表 {each.tables:,}，归档"
                f" {each.archive:,}。 tables {each.tables:,}, archive {each.archive:,}."
            )
        for name in done.missing:
            click.echo(f"归档缺文件 missing in the archive: {name}")
        verdict = ("一致", "equal") if done.ok else ("不一致", "NOT equal")
        click.echo(
            f"{done.period}：{done.files:,} 个归档文件，{done.records:,} 条，"
            f"与数据表{verdict[0]}。 {done.records:,} records of the month in"
            f" {done.files:,} files of the archive: {verdict[1]} to the tables."
        )
    if not done.ok:
        raise SystemExit(failures.NOT_ACCEPTED)
