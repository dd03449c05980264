"""What `submit` and `nil-return` do once Django is ready."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from django.utils import timezone

from xinheng.apps.accounts.actors import OPERATOR, Actor
from xinheng.apps.catalog.queries import UnknownDatasetError
from xinheng.apps.intake import nil_returns, operations, queries
from xinheng.apps.intake.staging import FileTooLargeError
from xinheng.apps.intake.views import NilReturnView, SubmissionView
from xinheng.apps.ledger.keys import SigningKeyError
from xinheng.apps.ledger.tree_store import TamperedLedgerError
from xinheng.apps.units import queries as units
from xinheng.cli import failures, left_out
from xinheng.core.catalog.periods import InvalidPeriodError
from xinheng.pipeline import parts
from xinheng.pipeline.failures import UnreadableFileError


def submit(
    file: Path,
    *,
    dataset: str,
    unit: str,
    period: str | None,
    columns: Sequence[str] = (),
    dry_run: bool,
    as_json: bool,
) -> dict[str, Any]:
    """Hand the file in and return the answer of `--json`; leaves with 2 if refused."""
    chosen = _chosen(columns, as_json=as_json)
    operations.sweep()
    with refusals(as_json=as_json):
        actor = operator_for(unit)
        with file.open("rb") as content:
            hand_in = operations.HandIn(
                actor, unit, dataset, period, file.name, content, chosen=chosen
            )
            started_at = timezone.now()
            done = operations.submit(hand_in, at=started_at, dry_run=dry_run)
        seconds = (timezone.now() - started_at).total_seconds()
        return _answer(done, actor, seconds=seconds, dry_run=dry_run)


def _chosen(columns: Sequence[str], *, as_json: bool) -> dict[str, str]:
    """Return header to field of the options `--column HEADER=FIELD`."""
    chosen = {}
    for column in columns:
        header, equals, field = column.rpartition("=")
        if not equals or not header.strip():
            failures.fail(
                "COLUMN",
                "--column 请写成 表头=字段英文名，例如 发证机关=authority_name。",
                "Write --column as HEADER=FIELD, such as 发证机关=authority_name.",
                as_json=as_json,
            )
        chosen[header] = field.strip()
    return chosen


def operator_for(unit: str) -> Actor:
    """Return the operator acting for one unit."""
    code = units.get_unit(unit).code
    return replace(OPERATOR, units=frozenset({code}))


def file_nil_return(
    *, unit: str, dataset: str, period: str, as_json: bool
) -> NilReturnView:
    """File a nil return; leaves with 2 for a wrong call, with 1 for a refusal."""
    with refusals(as_json=as_json):
        try:
            return nil_returns.file_nil_return(
                actor=operator_for(unit),
                unit=unit,
                dataset=dataset,
                period=period,
                at=timezone.now(),
            )
        except nil_returns.NilReturnRefusedError as why:
            failures.refuse(why.code, why.message_zh, why.message_en, as_json=as_json)


@contextmanager
def refusals(*, as_json: bool) -> Iterator[None]:
    """Turn what the intake refuses into one line and exit code 2."""
    try:
        with _evidence(as_json=as_json):
            yield
    except UnreadableFileError as why:
        failures.fail(why.code, why.message_zh, why.message_en, as_json=as_json)
    except units.UnknownUnitError:
        failures.fail(
            "UNKNOWN_UNIT",
            "没有这个信源单位，请核对 --unit。",
            "There is no such source unit; check --unit.",
            as_json=as_json,
        )
    except UnknownDatasetError:
        failures.fail(
            "UNKNOWN_DATASET",
            "目录中没有这一数据项，请核对 --dataset。",
            "The catalog has no such dataset; check --dataset.",
            as_json=as_json,
        )
    except InvalidPeriodError:
        failures.fail(
            "PERIOD",
            "月份请写成 YYYY-MM，例如 2019-05。",
            "Write a month as YYYY-MM, such as 2019-05.",
            as_json=as_json,
        )
    except FileTooLargeError as why:
        failures.fail(
            "FILE_TOO_LARGE",
            f"文件超过上限 {why.limit_bytes} 字节，请分批报送。",
            f"The file is larger than {why.limit_bytes} bytes; split it.",
            as_json=as_json,
        )
    except OSError as why:
        failures.fail(
            "INPUT_OUTPUT",
            f"读写失败：{why.strerror}。",
            f"Reading or writing failed: {why.strerror}.",
            as_json=as_json,
        )


@contextmanager
def _evidence(*, as_json: bool) -> Iterator[None]:
    """Tell why the ledger can't take an entry: its key is gone, or it was altered."""
    try:
        yield
    except SigningKeyError as why:
        failures.fail("SIGNING_KEY", why.message_zh, why.message_en, as_json=as_json)
    except TamperedLedgerError:
        failures.fail(
            "LEDGER",
            "账本自相矛盾，请运行 xinheng ledger verify。",
            "The ledger contradicts itself: run xinheng ledger verify.",
            as_json=as_json,
        )


def _answer(
    done: SubmissionView, actor: Actor, *, seconds: float, dry_run: bool
) -> dict[str, Any]:
    counts = done.verdict
    receipt = None if dry_run else queries.receipt(actor=actor, submission=done.id)
    return {
        "dataset": done.dataset,
        "unit": done.unit_code,
        "period": done.period,
        "dry_run": dry_run,
        "rows_read": counts.rows_read,
        "accepted": counts.accepted,
        "new": counts.new,
        "changed": counts.changed,
        "unchanged": counts.unchanged,
        "rejected": counts.rejected,
        "questionable": counts.questionable,
        "unlinked": counts.unlinked,
        "findings": dict(done.findings),
        "skipped": [parts.told(each) for each in done.skipped],
        "notes": done.notes,
        "seconds": round(seconds, 3),
        "submission": None if dry_run else done.id,
        "receipt": receipt,
    }


COUNTS = (
    ("rows_read", "读取行数"),
    ("new", "新增"),
    ("changed", "变更"),
    ("unchanged", "未变"),
    ("rejected", "退回"),
    ("questionable", "疑问"),
    ("unlinked", "未关联"),
)


def print_verdict(answer: Mapping[str, Any]) -> None:
    """Print the counts, the findings and the receipt for a person."""
    for key, title in COUNTS:
        click.echo(f"{title}\t{answer[key]}")
    print_findings(answer["findings"])
    for line in left_out.lines(answer["skipped"], answer["notes"]):
        click.echo(line)
    if answer["dry_run"]:
        click.echo("试运行，未保存任何内容。 Dry run: nothing was stored.")
    else:
        click.echo(f"提交编号 submission\t{answer['submission']}")
        receipt = failures.as_text(answer["receipt"])
        click.echo(f"回执 receipt\t{receipt}")


def print_findings(findings: Mapping[str, int]) -> None:
    """Print how often each rule was broken, the most frequent first."""
    for rule, count in sorted(findings.items(), key=lambda item: -item[1]):
        click.echo(f"  {rule}\t{count}")
