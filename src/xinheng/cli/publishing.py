"""What `bulletin` does once Django is ready."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click
from django.utils import timezone

from xinheng.apps.statistics import issuing, publication, queries, rendering
from xinheng.apps.statistics.publication import Publication
from xinheng.apps.typesetting import FontMissingError, GlyphMissingError
from xinheng.cli import failures
from xinheng.core.catalog import periods
from xinheng.core.statistics.monthly import MonthlyTable


def find(period: str, *, ledger_size: int | None, as_json: bool) -> Publication:
    """Return the last issue of a month; a draft where none is out, or at a ledger size.

    Leaves with 2 or 1 where there is nothing to publish. A month that is not over yet
    is told and counted as far as it has come.
    """
    if ledger_size is None and (issued := _issued(period, as_json=as_json)):
        return issued
    today = timezone.localdate()
    table = _table(period, ledger_size=ledger_size, as_json=as_json)
    _refuse_empty(table, today, as_json=as_json)
    if table.period == periods.of(today):
        click.echo(
            f"{table.period} 尚未结束，数字还会变化。 The month is not over yet.",
            err=True,
        )
    return publication.draft(table, as_of=_day_of(table, ledger_size, today))


def _day_of(table: MonthlyTable, asked: int | None, today: date) -> date:
    """Return the day that a draft is judged for; at a ledger size, that of its end.

    So the same size gives the same file on every day.
    """
    return today if asked is None else queries.day_of(table.ledger_size, else_=today)


def _issued(period: str, *, as_json: bool) -> Publication | None:
    """Return the last issue of a month, null where none is out.

    Leaves with 1 where what is stored is not what was published.
    """
    found = issuing.find_issue(period=period.strip())
    if found is None:
        return None
    try:
        _, told = issuing.read(year=found.year, number=found.number)
    except issuing.AlteredIssueError:
        failures.refuse(
            "BULLETIN_ALTERED",
            f"已发布的简报{found.label}被改动过，与账本所记不符，未生成文件。",
            f"The issue {found.label} was altered after it came out: it is not what the"
            " ledger says. Nothing was written.",
            as_json=as_json,
        )
    click.echo(
        f"{found.label}，账本规模 {found.ledger_size}。"
        f" As issued on {found.issued_on.isoformat()}.",
        err=True,
    )
    if issuing.has_changed(period=found.period):
        click.echo(
            "此后有更正，可在工作台重新发布更正期。 Figures have changed since: issue a"
            " restatement at the desk.",
            err=True,
        )
    return told


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
    told: Publication, *, formats: Sequence[str], out: Path, as_json: bool
) -> list[Path]:
    """Write `bulletin-YYYY-MM.FORMAT` for each format and return the paths."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        period = told.document.period
        paths = [out / f"bulletin-{period}.{name}" for name in formats]
        for path, name in zip(paths, formats, strict=True):
            path.write_bytes(rendering.RENDER[name](told))
    except (FontMissingError, GlyphMissingError) as missing:
        failures.fail(
            "FONT",
            f"缺少字体或字形，无法生成 PDF：{missing}。",
            f"A font or a glyph for the PDF is missing: {missing}.",
            as_json=as_json,
        )
    except OSError as refused:
        failures.fail(
            "OUT",
            f"“{out}”无法写入：{refused.strerror}。",
            f"{out} can't be written: {refused.strerror}.",
            as_json=as_json,
        )
    return paths


def json_line(told: Publication) -> str:
    """Return the bulletin as one line of JSON."""
    return json.dumps(told.data, ensure_ascii=False)
