"""What `rulebook measures` does: a memorandum's file in, a proposal out."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from xinheng.cli import failures
from xinheng.pipeline import measure_rows
from xinheng.pipeline.failures import UnreadableFileError
from xinheng.pipeline.measure_rows import MeasureRows
from xinheng.rulebook import measure_proposals

RULES = {
    "MEASURE_CODE_TAKEN": (
        "规则中已有这一编码的措施。",
        "The rulebook has a measure of this code.",
    ),
    "UNKNOWN_MATTER": (
        "规则中没有这个事项，请填事项编码，例如 procurement。",
        "The rulebook has no such matter; write its code, such as procurement.",
    ),
    "MEASURE_MODE": (
        "方式应为：应当实施、参考、自主决定。",
        "The mode is 应当实施, 参考 or 自主决定.",
    ),
    "MEASURE_SEVERITY": (
        "轻重应为：轻微、一般、严重。",
        "The severity is 轻微, 一般 or 严重.",
    ),
}
OTHER = ("该行不能读取。", "The row can't be read.")


def propose(file: Path, out: Path, *, as_json: bool) -> dict[str, Any]:
    """Write the proposal and return the counts; leaves with 2 for no such table."""
    read = _read(file, as_json=as_json)
    refused, kept = list(read.refused), []
    for row in read.rows:
        fault = measure_proposals.find_fault(row)
        if fault is None:
            kept.append(row)
        else:
            refused.append((int(row["row"]), fault[0], fault[1].value))
    source = f"{file.name}, SHA-256 {read.digest[:16]}; not verified"
    out.write_text(measure_proposals.write(kept, source=source), encoding="utf-8")
    firing = [measure_proposals.may_fire(row) for row in kept]
    return {
        "rows_read": read.rows_read,
        "proposed": len(kept),
        "with_direct_basis": sum(firing),
        "never_fire": [
            row["code"] for row, fires in zip(kept, firing, strict=True) if not fires
        ],
        "refused": [_told(*each) for each in sorted(refused)],
        "file": str(out),
    }


def _read(file: Path, *, as_json: bool) -> MeasureRows:
    try:
        return measure_rows.read(file, on=datetime.now(UTC).date())
    except UnreadableFileError as why:
        failures.fail(why.code, why.message_zh, why.message_en, as_json=as_json)


def _told(row: int, field: str, rule: str) -> dict[str, Any]:
    message_zh, message_en = RULES.get(rule, OTHER)
    return {
        "row": row,
        "field": field,
        "rule": rule,
        "message_zh": message_zh,
        "message_en": message_en,
    }


def tell(answer: dict[str, Any]) -> None:
    """Print the counts, what never fires, and the rows that were refused."""
    for name in ("rows_read", "proposed", "with_direct_basis", "file"):
        click.echo(f"{name}\t{answer[name]}")
    for code in answer["never_fire"]:
        click.echo(
            f"  {code}\t依据不明，不会触发。 No known basis of sufficient rank:"
            " it never fires."
        )
    for each in answer["refused"]:
        line = f"{each['rule']} {each['message_zh']} {each['message_en']}"
        click.echo(f"  第 {each['row']} 行 row\t{each['field']}\t{line}")
