"""Listings in a file, as the command line takes and tells them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from django.utils import timezone

from xinheng.apps.accounts.actors import OPERATOR
from xinheng.apps.listings import importing_files
from xinheng.apps.listings.importing import Source
from xinheng.apps.listings.importing_files import FileTaken, UnreadRowsError, Whole
from xinheng.apps.listings.operations import By
from xinheng.apps.units import queries as units
from xinheng.cli import failures
from xinheng.cli.submitting import refusals
from xinheng.core.submissions import reasons
from xinheng.rulebook import list_schemes

COUNTS = (
    ("rows_read", "读取行数"),
    ("complete", "待第二人确认"),
    ("questionable", "存疑"),
    ("mended", "其中补正"),
    ("unchanged", "未变"),
    ("removed", "移出"),
    ("unclear", "重复标识，未处理"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for on the command line."""

    file: Path
    scheme: str
    authority: str
    origin: str
    whole: str | None
    as_of: datetime | None


def take(asked: Asked, *, as_json: bool) -> None:
    """Take the file and tell what became of its rows; leaves with 1 if some failed."""
    if all(each.name != asked.scheme for each in list_schemes.schemes()):
        failures.fail(
            "UNKNOWN_LIST",
            "规则库中没有这个名单，请核对 --list。",
            "The rulebook has no such list; check --list.",
            as_json=as_json,
        )
    with refusals(as_json=as_json):
        units.get_unit(asked.authority)
        done = _take(asked, as_json=as_json)
    answer = _answer(done)
    if as_json:
        failures.print_json(answer)
    else:
        _print(answer)
    if answer["refused"]:
        raise SystemExit(failures.NOT_ACCEPTED)


def _take(asked: Asked, *, as_json: bool) -> FileTaken:
    by = By(OPERATOR, timezone.now())
    try:
        return importing_files.take_file(
            path=asked.file,
            source=Source(asked.scheme, asked.authority, _clean(asked.origin)),
            by=by,
            whole=_whole(asked, by),
        )
    except reasons.ReasonError:
        failures.fail(
            "TEXT",
            "决定机关和文件名称不得含个人身份证号码，也不得过长。",
            "Neither the origin nor the document may hold a person's number or be"
            " longer than 500 characters.",
            as_json=as_json,
        )
    except UnreadRowsError as unread:
        row, field, rule = unread.rows[0]
        failures.refuse(
            "UNREAD_ROWS",
            f"整份名单有 {len(unread.rows)} 行不能读取（第 {row} 行 {field} {rule}），"
            "未作任何改动。",
            f"{len(unread.rows)} rows of the whole list can't be read (row {row},"
            f" {field}, {rule}); nothing was changed.",
            as_json=as_json,
        )


def _whole(asked: Asked, by: By) -> Whole | None:
    if asked.whole is None:
        return None
    on = asked.as_of.date() if asked.as_of else timezone.localdate(by.at)
    return Whole(reasons.require(asked.whole), on)


def _clean(origin: str) -> str:
    return reasons.require(origin) if origin.strip() else ""


def _answer(done: FileTaken) -> dict[str, Any]:
    taken = done.taken
    counts = {name: getattr(taken, name) for name, _ in COUNTS if name != "rows_read"}
    refused = [{"row": row, "rule": rule} for row, rule in taken.refused]
    return {"rows_read": done.rows_read, **counts, "refused": refused}


def _print(answer: dict[str, Any]) -> None:
    for name, title in COUNTS:
        click.echo(f"{title}\t{answer[name]}")
    for each in answer["refused"]:
        click.echo(f"  第 {each['row']} 行 row\t{each['rule']}")
