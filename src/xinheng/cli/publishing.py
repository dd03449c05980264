"""What `bulletin` does once Django is ready."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from types import MappingProxyType

import click
from django.conf import settings
from django.utils import timezone

from xinheng.apps.ledger import queries as ledger
from xinheng.apps.statistics import bulletin, queries
from xinheng.apps.statistics.bulletin import Issue
from xinheng.cli import failures
from xinheng.core.catalog import periods
from xinheng.core.statistics.monthly import MonthlyTable

RENDER = MappingProxyType(
    {"html": bulletin.as_html, "csv": bulletin.as_csv, "json": bulletin.as_json}
)


def issue(period: str, *, ledger_size: int | None, as_json: bool) -> Issue:
    """Return the bulletin of a month; leaves with 2 or 1 where there is none.

    A month that is not over yet is told and counted as far as it has come.
    """
    today = timezone.localdate()
    table = _table(period, ledger_size=ledger_size, as_json=as_json)
    _refuse_empty(table, today, as_json=as_json)
    if table.period == periods.of(today):
        click.echo(
            f"{table.period} 尚未结束，数字还会变化。 The month is not over yet.",
            err=True,
        )
    root = ledger.root(size=table.ledger_size).hex()
    return Issue(
        table=table,
        ledger_root=root,
        is_demo=settings.DEMO,
        open_recalls=queries.list_open_recalls(table),
    )


def _table(period: str, *, ledger_size: int | None, as_json: bool) -> MonthlyTable:
    try:
        return queries.table(period=period, ledger_size=ledger_size)
    except periods.InvalidPeriodError as why:
        failures.fail(
            "PERIOD",
            f"“{why.text}”不是月份，请写成 YYYY-MM，例如 2019-05。",
            f"{why.text} is no month; write YYYY-MM, such as 2019-05.",
            as_json=as_json,
        )
    except queries.UnknownLedgerSizeError as why:
        failures.fail(
            "LEDGER_SIZE",
            f"账本只有 {why.size} 项，没有 {why.asked} 项。",
            f"The ledger has {why.size} entries, not {why.asked}.",
            as_json=as_json,
        )


def _refuse_empty(table: MonthlyTable, today: date, *, as_json: bool) -> None:
    if table.period > periods.of(today):
        failures.fail(
            "PERIOD_FUTURE",
            f"{table.period} 尚未开始。",
            f"{table.period} has not begun.",
            as_json=as_json,
        )
    if table.is_untouched:
        failures.refuse(
            "PERIOD_EMPTY",
            f"{table.period} 没有任何单位报送，未生成简报。",
            f"No unit has handed in anything for {table.period}; nothing was written.",
            as_json=as_json,
        )


def write(
    issue: Issue, *, formats: Sequence[str], out: Path, as_json: bool
) -> list[Path]:
    """Write `bulletin-YYYY-MM.FORMAT` for each format and return the paths."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        paths = [out / f"bulletin-{issue.table.period}.{name}" for name in formats]
        for path, name in zip(paths, formats, strict=True):
            path.write_bytes(RENDER[name](issue))
    except OSError as refused:
        failures.fail(
            "OUT",
            f"“{out}”无法写入：{refused.strerror}。",
            f"{out} can't be written: {refused.strerror}.",
            as_json=as_json,
        )
    return paths


def json_line(issue: Issue) -> str:
    """Return the bulletin as one line of JSON."""
    return json.dumps(json.loads(bulletin.as_json(issue)), ensure_ascii=False)
