"""The configured sources: for the worker, and for who asks about them.

What is printed holds names, cursors and codes; never an address or a password.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import click
import structlog
from django.utils import timezone

from xinheng.apps.intake import draining, sources, uploads
from xinheng.cli import failures

logger = structlog.get_logger("xinheng.worker")
TIDY_SECONDS = 60.0

MEANINGS: Mapping[str, str] = {
    "": "正常 ok",
    "ACCESS_DENIED": "账号或口令不被接受，或无权读取 account refused",
    "BUSY": "另一进程正在处理 another process works on it",
    "CURSOR_KIND": "游标列类型不支持 the cursor column's type is not supported",
    "CURSOR_NULL": "有行的游标列为空 rows without a cursor value",
    "DISK_FULL": "服务器磁盘已满 the server's disk is full",
    "FOLDER_UNREADABLE": "目录无法进入 the folder can't be entered",
    "INPUT_OUTPUT": "目录无法读写 reading or writing failed",
    "NO_TABLE": "没有这个表、视图或列 no such table, view or column",
    "UNKNOWN_DATASET": "目录中没有这一数据项 no such dataset",
    "UNKNOWN_UNIT": "没有这个信源单位 no such source unit",
    "UNREACHABLE": "连接不上 can't be reached",
    "URL_FILE": "url_file 无法读取或不是该数据库的地址 url_file is not an address",
    "URL_FILE_OPEN": "他人可读取 url_file others may read url_file",
    "WRITABLE": "该账号可以写入，请换只读账号 the account may write",
}


class Machines:
    """What the worker does for machines: drains sources, tidies uploads.

    The file of sources is read once; leaves with exit code 2 where it is wrong.
    """

    def __init__(self) -> None:
        with _configured(as_json=False):
            self._sources = sources.load()
        self._tidied = -TIDY_SECONDS

    def work_off(self) -> None:
        """Run what is due."""
        for run in draining.drain_due(self._sources, at=timezone.now()):
            if run.error:
                logger.warning("source.failed", source=run.name, code=run.error)
            elif run.submissions:
                count = len(run.submissions)
                logger.info("source.drained", source=run.name, submissions=count)
        if time.monotonic() - self._tidied >= TIDY_SECONDS:
            self._tidied = time.monotonic()
            if wiped := uploads.tidy(at=timezone.now()):
                logger.info("uploads.expired", uploads=wiped)


def describe(*, as_json: bool) -> list[dict[str, Any]]:
    """Return each configured source with what is known of its runs."""
    with _configured(as_json=as_json):
        return [_described(source) for source in sources.load()]


def run(name: str, *, as_json: bool) -> dict[str, Any]:
    """Drain one source now."""
    with _configured(as_json=as_json):
        source = sources.get(name)
    return asdict(draining.run(source, at=timezone.now()))


def check(*, as_json: bool) -> list[dict[str, Any]]:
    """Tell of each source whether it can be reached and read."""
    with _configured(as_json=as_json):
        return [asdict(draining.check(source)) for source in sources.load()]


def print_rows(rows: list[dict[str, Any]]) -> None:
    """Print one line for each source, for a person."""
    for row in rows:
        cells = [row.pop("name"), *map(_cell, row.values())]
        click.echo("\t".join(cells))


def _cell(value: object) -> str:
    if isinstance(value, tuple | list):
        return "; ".join(map(_cell, value)) or "-"
    if value is None:
        return "-"
    return MEANINGS.get(str(value), str(value))


def _described(source: sources.Source) -> dict[str, Any]:
    known = asdict(sources.view(source.name))
    kind = "folder" if isinstance(source, sources.Folder) else source.driver
    moments = {
        name: known[name].isoformat() if known[name] else None
        for name in ("last_run_at", "retry_at")
    }
    return {
        **known,
        **moments,
        "kind": kind,
        "unit": source.unit,
        "dataset": source.dataset,
    }


@contextmanager
def _configured(*, as_json: bool) -> Iterator[None]:
    """Tell in one line what is wrong with the file of sources."""
    try:
        yield
    except sources.SourcesError as wrong:
        failures.fail(
            "SOURCES",
            f"XINHENG_SOURCES 所指的文件有误：{wrong.reason}。",
            f"The file of XINHENG_SOURCES is wrong: {wrong.reason}.",
            as_json=as_json,
        )
    except sources.UnknownSourceError:
        failures.fail(
            "UNKNOWN_SOURCE",
            "没有配置这个来源，请用 xinheng sources list 查看。",
            "No such source is configured; see xinheng sources list.",
            as_json=as_json,
        )
