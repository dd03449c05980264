"""The export of administrative acts, as the command line writes it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import click
from django.utils import timezone

from xinheng.apps.ledger import auditing
from xinheng.apps.ledger.auditing import Span
from xinheng.apps.ledger.keys import SigningKeyError
from xinheng.apps.ledger.tree_store import TamperedLedgerError
from xinheng.cli import failures
from xinheng.core import formulas
from xinheng.core.merkle import canonical

COLUMNS = ("seq", "recorded_at", "kind", "subject", "actor", "body", "salt", "digest")


def write(out: Path, *, begin: date, end: date, is_all: bool, as_json: bool) -> None:
    """Write the file and tell how many acts it holds."""
    span = Span(_midnight(begin), _midnight(end), is_all)
    try:
        acts = list(auditing.list_acts(span))
    except SigningKeyError as error:
        failures.fail(
            "SIGNING_KEY", error.message_zh, error.message_en, as_json=as_json
        )
    except TamperedLedgerError:
        failures.refuse(
            "TAMPERED",
            "账本未通过核验，未导出。请运行 xinheng ledger verify。",
            "The ledger does not verify, so nothing was exported; run xinheng ledger"
            " verify.",
            as_json=as_json,
        )
    written = _as_csv(acts) if out.suffix == ".csv" else _as_lines(acts)
    out.write_text(written, encoding="utf-8", newline="")
    _tell(out, len(acts), as_json=as_json)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _as_lines(acts: Iterable[dict[str, Any]]) -> str:
    lines = (json.dumps(each, ensure_ascii=False, sort_keys=True) for each in acts)
    return "".join(f"{line}\n" for line in lines)


def _as_csv(acts: Iterable[dict[str, Any]]) -> str:
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(COLUMNS)
    table.writerows(_cells(each) for each in acts)
    return f"\ufeff{text.getvalue()}"


def _cells(act: dict[str, Any]) -> list[str]:
    """Return the act as cells; of an erased one only its place and digest are left."""
    entry = act.get("entry", {"seq": act.get("seq")})
    body = canonical.text(entry["body"]) if "body" in entry else ""
    told = {**entry, "body": body, "salt": act.get("salt", ""), "digest": act["digest"]}
    return [formulas.disarmed(told.get(column, "")) for column in COLUMNS]


def _tell(out: Path, number: int, *, as_json: bool) -> None:
    if as_json:
        failures.print_json({"file": str(out), "acts": number})
        return
    click.echo(f"已导出 {number:,} 项行为：{out}。 {number:,} acts exported.")
