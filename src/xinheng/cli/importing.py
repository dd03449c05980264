"""What `import` does once Django is ready."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from django.utils import timezone

from xinheng.apps.accounts.actors import OPERATOR
from xinheng.apps.organizations import operations, references
from xinheng.cli.submitting import print_findings, refusals
from xinheng.pipeline.reference_list import Kind
from xinheng.pipeline.register_fields import Return

COUNTS = (
    ("rows_read", "读取行数"),
    ("new", "新增"),
    ("changed", "变更"),
    ("unchanged", "未变"),
    ("rejected", "退回"),
    ("claims", "其中代码已属他人"),
    ("issues", "新列入重错码问题"),
    ("absent", "名录中有而本文件没有"),
)
_OF_LIST = (
    *("rows_read", "new", "changed", "unchanged", "rejected", "absent"),
    "ledger_seq",
)


def import_register(
    file: Path, *, kind: str, is_delta: bool, as_json: bool
) -> dict[str, Any]:
    """Import the file and return the answer of `--json`; leaves with 2 if refused."""
    started_at = timezone.now()
    with refusals(as_json=as_json):
        done = operations.import_register(
            path=file,
            actor=OPERATOR.account_id,
            at=started_at,
            kind=Return(kind),
            is_delta=is_delta,
        )
    return {
        "rows_read": done.rows_read,
        "new": done.new,
        "changed": done.changed,
        "unchanged": done.unchanged,
        "rejected": done.rejected,
        "claims": done.claims,
        "issues": done.issues,
        "absent": done.absent,
        "findings": dict(done.findings),
        "rejected_rows": [
            {"row": row, "field": field, "rule": rule}
            for row, field, rule in done.rejected_rows
        ],
        "ledger_seq": done.ledger_seq,
        "seconds": round((timezone.now() - started_at).total_seconds(), 3),
    }


def import_list(file: Path, *, kind: str, as_json: bool) -> dict[str, Any]:
    """Import a reference list; the answer of `--json`, or leave with 2 if refused."""
    started_at = timezone.now()
    with refusals(as_json=as_json):
        done = references.import_list(
            path=file, kind=Kind(kind), actor=OPERATOR.account_id, at=started_at
        )
    answer = {name: getattr(done, name) for name in _OF_LIST}
    rows = [
        {"row": row, "field": field, "rule": rule}
        for row, field, rule in done.rejected_rows
    ]
    seconds = round((timezone.now() - started_at).total_seconds(), 3)
    return {**answer, "list": kind, "rejected_rows": rows, "seconds": seconds}


def print_report(answer: Mapping[str, Any]) -> None:
    """Print the counts and the findings for a person."""
    for key, title in COUNTS:
        if answer.get(key) is not None:
            click.echo(f"{title}\t{answer[key]}")
    print_findings(answer.get("findings", {}))
    for refused in answer["rejected_rows"]:
        click.echo(
            f"  第 {refused['row']} 行 row\t{refused['field']}\t{refused['rule']}"
        )
