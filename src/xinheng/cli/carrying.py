"""What `measures` does once Django is ready: packages out, answers in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from django.utils import timezone

from xinheng.apps.measures import drop_answers, drops
from xinheng.cli.submitting import operator_for, refusals
from xinheng.core.measures.feedback import Rule
from xinheng.core.submissions.reasons import Fault

COUNTS = (
    ("rows_read", "读取行数"),
    ("taken", "已登记"),
    ("unchanged", "与已登记的相同"),
    ("blank", "未填写"),
)
RULES: dict[str, tuple[str, str]] = {
    Rule.KEY: (
        "没有发给该单位的这一编号，请原样保留“编号”列。",
        "No task of this unit has this key; leave the column 编号 as it was.",
    ),
    Rule.WORD: (
        "办理结果应为：已签收、已实施、不适用、不予实施；解除的填已恢复。",
        "The outcome is 已签收, 已实施, 不适用 or 不予实施; of a recall, 已恢复.",
    ),
    Rule.MOVED_ON: (
        "该项已有其他结果、已解除或者已退回重办，请导出新的文件。",
        "It was answered otherwise, recalled or sent back; export a new file.",
    ),
    Fault.MISSING: (
        "已实施、已恢复的应填凭证，其他的应填理由。",
        "What was done or undone needs evidence, all else a reason.",
    ),
    Fault.TOO_LONG: ("文字过长。", "The text is too long."),
    Fault.PERSONAL_ID: (
        "不得填写个人身份证号码。",
        "Leave out the personal identity number.",
    ),
}
OTHER = ("该行不能读取。", "The row can't be read.")


def export(unit: str, out: Path, *, as_json: bool) -> dict[str, Any]:
    """Write the package of a unit into a directory and return what it holds."""
    with refusals(as_json=as_json):
        actor = operator_for(unit)
        (code,) = actor.units
        package = drops.write(actor=actor, unit=code, at=timezone.now())
    out.mkdir(parents=True, exist_ok=True)
    target = out / package.name
    target.write_bytes(package.content)
    return {
        "file": str(target),
        "tasks": package.tasks,
        "recalls": package.recalls,
        "sha256": package.digest,
        "entry": package.entry,
    }


def feedback(file: Path, unit: str, *, as_json: bool) -> dict[str, Any]:
    """Take a file of answers and return what became of its rows."""
    with refusals(as_json=as_json):
        actor = operator_for(unit)
        (code,) = actor.units
        done = drop_answers.take(actor=actor, unit=code, path=file, at=timezone.now())
    refused = [
        {"row": row, "field": field, "rule": rule}
        | dict(zip(("message_zh", "message_en"), RULES.get(rule, OTHER), strict=True))
        for row, field, rule in done.refused
    ]
    return {name: getattr(done, name) for name, _ in COUNTS} | {"refused": refused}


def tell(answer: dict[str, Any]) -> None:
    """Print what became of the rows for people."""
    for name, title in COUNTS:
        click.echo(f"{title}\t{answer[name]}")
    for each in answer["refused"]:
        line = f"{each['rule']} {each['message_zh']} {each['message_en']}"
        click.echo(f"  第 {each['row']} 行 row\t{each['field']}\t{line}")
    if answer["refused"]:
        click.echo("xinheng: 有的行未登记。 Some rows were not taken.", err=True)
