"""What `indicators` does once Django is ready, as the operator of the machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils import timezone

from xinheng.apps.accounts.actors import OPERATOR
from xinheng.apps.indicators import operations, queries
from xinheng.apps.indicators.queries import MonthNotOverError
from xinheng.cli import failures
from xinheng.core.catalog.periods import InvalidPeriodError, of
from xinheng.core.indicators.figures import Figure
from xinheng.core.indicators.packs import Pack
from xinheng.core.indicators.protection import Breach
from xinheng.pipeline.short_lists import UnreadableListError
from xinheng.rulebook import indicators as rulebook


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for; `edition` null means the latest."""

    period: str
    months: int
    edition: str | None
    keep: bool


def count(asked: Asked, *, as_json: bool) -> dict[str, Any]:
    """Return the figures of a month; leaves with 1 or 2 where they can't be counted."""
    pack = _pack(asked.edition, as_json=as_json)
    now = timezone.now()
    today = timezone.localdate(now)
    try:
        months = queries.months_to(asked.period, asked.months)
        if asked.keep:
            operations.cut(months=months, actor=OPERATOR, at=now)
    except InvalidPeriodError:
        failures.fail(
            "PERIOD",
            "月份格式应为 YYYY-MM。",
            "The month is written YYYY-MM.",
            as_json=as_json,
        )
    except MonthNotOverError:
        _refuse_open(as_json=as_json)
    if months[-1] > of(today):
        _refuse_open(as_json=as_json)
    found = queries.count(months=months, on=today)
    return {
        "months": list(months),
        "ledger_size": found.ledger_size,
        "counted_on": found.counted_on.isoformat(),
        "kept": asked.keep,
        "is_over": months[-1] < of(today),
        "pack": _told_pack(pack),
        "inputs": [_told(name, each) for name, each in found.figures.items()],
        "protection": [_breach(each) for each in queries.breaches(on=today)],
    }


def _refuse_open(*, as_json: bool) -> None:
    failures.refuse(
        "MONTH_NOT_OVER",
        "该月份尚未结束或尚未开始。",
        "The month is not over, or has not begun.",
        as_json=as_json,
    )


def _pack(edition: str | None, *, as_json: bool) -> Pack:
    packs = rulebook.packs()
    try:
        return packs[-1] if edition is None else rulebook.pack(edition)
    except rulebook.UnknownPackError:
        known = ", ".join(each.edition for each in packs)
        failures.fail(
            "EDITION",
            f"没有这一版指标，可用：{known}。",
            f"There is no such edition; there are {known}.",
            as_json=as_json,
        )


def _told_pack(pack: Pack) -> dict[str, Any]:
    return {
        "name": pack.name,
        "edition": pack.edition,
        "points": f"{pack.points:f}",
        "indicators": [
            {
                "name": each.name,
                "title": each.title,
                "group": each.group,
                "points": None if each.points is None else f"{each.points:f}",
                "inputs": [name for part in each.parts for name in part.inputs],
            }
            for each in pack.indicators
        ],
    }


def _told(name: str, figure: Figure) -> dict[str, Any]:
    told, value = figure.input, figure.value
    return {
        "input": name,
        "title": told.title,
        "form": told.form.value,
        "state": figure.state.value,
        "value": None if value is None else round(float(value), 6),
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "denominator_of": told.denominator,
        "formula": told.formula,
        "verification": told.verification.value,
        "source": told.source,
    }


def _breach(breach: Breach) -> dict[str, Any]:
    return {
        "rule": breach.rule.value,
        "kind": breach.used.kind,
        "name": breach.used.name,
        "matter": breach.matter and breach.matter.name,
        "word": breach.word,
    }


def import_peers(file: Path, *, as_json: bool) -> dict[str, Any]:
    """Take the figures of other cities; leaves with 2 where the file can't be read."""
    try:
        told = operations.import_peers(
            content=file.read_bytes(), actor=OPERATOR, at=timezone.now()
        )
    except UnreadableListError:
        columns = ",".join(operations.COLUMNS)
        failures.fail(
            "PEERS",
            f"文件须为 UTF-8 编码的 CSV，列为 {columns}。",
            f"The file must be CSV in UTF-8 with the columns {columns}.",
            as_json=as_json,
        )
    return {
        "rows_read": told.rows_read,
        "taken": told.taken,
        "refused": [{"row": each.row, "code": each.code} for each in told.refused],
    }


def lines(answer: Mapping[str, Any]) -> Iterator[str]:
    """Return an answer as lines to read."""
    if "inputs" not in answer:
        yield f"{answer['taken']} / {answer['rows_read']}"
        for each in answer["refused"]:
            yield f"{each['row']}\t{each['code']}"
        return
    for each in answer["inputs"]:
        value = each["state"] if each["value"] is None else each["value"]
        made_of = [each["numerator"], each["denominator"]]
        parts = " / ".join(str(number) for number in made_of if number is not None)
        yield f"{each['input']}\t{each['title']}\t{value}\t{parts}"
    for each in answer["protection"]:
        yield f"{each['rule']}\t{each['kind']} {each['name']}\t{each['word'] or ''}"
