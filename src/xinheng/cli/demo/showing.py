"""The demo once Django is ready: built, then told."""

from __future__ import annotations

import time
from pathlib import Path

import click

from xinheng.cli import failures
from xinheng.cli.demo import accounts, building, telling
from xinheng.cli.demo.facts import may_2019


def build_and_show(directory: Path, *, url: str) -> None:
    """Build what is missing, then print table, crossfoot, rows, accounts and the URL.

    Leaves with 1 where the city did not come out as the facts say.
    """
    facts = may_2019()
    started = time.monotonic()
    try:
        month = building.build(directory, facts, tell=_tell)
    except building.BuildError as broken:
        failures.refuse(
            "DEMO",
            f"演示城市没有建成：{broken}。",
            f"The demo city did not come out right: {broken}.",
            as_json=False,
        )
    _tell(f"{time.monotonic() - started:.1f} s")
    for part in (
        telling.table(month),
        telling.printed(facts),
        telling.rows(building.list_month(facts.period)),
    ):
        click.echo()
        for line in part:
            click.echo(line)
    click.echo()
    click.echo((directory / accounts.FILE_NAME).read_text(encoding="utf-8"))
    click.echo(f"账号文件 accounts: {directory / accounts.FILE_NAME}")
    click.echo(f"文件 files: {directory / 'files'}")
    click.echo(f"网址 URL: {url}")


def _tell(line: str) -> None:
    click.echo(line, err=True)
