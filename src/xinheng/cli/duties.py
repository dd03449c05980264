"""What `duties` does once Django is ready, as the operator of the machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from django.utils import timezone

from xinheng.apps.accounts.actors import OPERATOR
from xinheng.apps.duties import importing, operations, queries
from xinheng.apps.duties.operations import Reason
from xinheng.apps.duties.views import DutyStanding, DutyView
from xinheng.apps.units import queries as units
from xinheng.cli import failures, submitting
from xinheng.core.catalog import periods
from xinheng.core.catalog.datasets import Frequency
from xinheng.pipeline.short_lists import UnreadableListError

TEXTS = {
    Reason.OVERLAP: (
        "该单位的这一数据项已有报送义务，请先终止。",
        "The unit has this duty on some of these days already; end it first.",
    ),
    Reason.NO_TERM: (
        "目录没有规定这一数据项的工作日期限。",
        "The catalog sets no number of working days for this dataset.",
    ),
    Reason.NOT_OPEN: (
        "该单位没有可以终止的报送义务。",
        "The unit has no such duty that could end.",
    ),
    Reason.TOO_EARLY: (
        "终止日期必须晚于生效日期。",
        "The end must come after the first day.",
    ),
    Reason.ADDRESS: (
        "这不是有效的电子邮件地址。",
        "This is no address of electronic mail.",
    ),
}


def assign(
    *,
    unit: str,
    dataset: str,
    effective_on: date,
    frequency: str | None,
    as_json: bool,
) -> dict[str, Any]:
    """Assign a duty and return the answer of `--json`."""
    with _refusals(as_json=as_json):
        duty = operations.assign(
            actor=OPERATOR,
            unit=unit,
            dataset=dataset,
            effective_on=effective_on,
            frequency=Frequency(frequency) if frequency else None,
            at=timezone.now(),
        )
    return _duty(duty)


def end(*, unit: str, dataset: str, expires_on: date, as_json: bool) -> dict[str, Any]:
    """End a duty and return the answer of `--json`."""
    with _refusals(as_json=as_json):
        duty = operations.end(
            actor=OPERATOR,
            unit=unit,
            dataset=dataset,
            expires_on=expires_on,
            at=timezone.now(),
        )
    return _duty(duty)


def list_duties(
    *, unit: str | None, period: str | None, on: date | None, as_json: bool
) -> dict[str, Any]:
    """Return the duties, with their standing where a month is asked for."""
    with _refusals(as_json=as_json):
        code = units.get_unit(unit).code if unit else None
        if period is None:
            found = queries.list_duties(actor=OPERATOR, unit=code)
            return {"duties": [_duty(duty) for duty in found]}
        standings = queries.list_standings(
            actor=OPERATOR,
            months=[periods.parse(period)],
            on=on or timezone.localdate(),
            unit=code,
        )
        return {"duties": [_standing(item) for item in standings]}


def import_list(file: Path, *, as_json: bool) -> dict[str, Any]:
    """Import a list of duties; leaves with 2 where it can't be read."""
    with _refusals(as_json=as_json):
        try:
            done = importing.import_list(
                content=file.read_bytes(), actor=OPERATOR, at=timezone.now()
            )
        except UnreadableListError:
            columns = ",".join(importing.COLUMNS)
            failures.fail(
                "DUTY_LIST",
                f"文件应为 UTF-8 编码的 CSV，列名为 {columns}。",
                f"The file is to be CSV in UTF-8 with the columns {columns}.",
                as_json=as_json,
            )
    return {
        "rows_read": done.rows_read,
        "assigned": done.assigned,
        "unchanged": done.unchanged,
        "rejected": len(done.refused),
        "findings": [{"row": each.row, "rule": each.code} for each in done.refused],
    }


def set_contact(*, unit: str, address: str, as_json: bool) -> dict[str, Any]:
    """Set a unit's address for reminders."""
    with _refusals(as_json=as_json):
        operations.set_contact(
            actor=OPERATOR, unit=unit, address=address, at=timezone.now()
        )
    return {"unit": unit, "set": bool(address.strip())}


@contextmanager
def _refusals(*, as_json: bool) -> Iterator[None]:
    with submitting.refusals(as_json=as_json):
        try:
            yield
        except operations.DutyRefusedError as why:
            failures.refuse(why.reason.value, *TEXTS[why.reason], as_json=as_json)


def _duty(duty: DutyView) -> dict[str, Any]:
    return {
        "unit": duty.unit_code,
        "unit_name": duty.unit_name,
        "dataset": duty.dataset,
        "frequency": duty.frequency.value,
        "effective_on": duty.effective_on.isoformat(),
        "expires_on": duty.expires_on.isoformat() if duty.expires_on else None,
    }


def _standing(item: DutyStanding) -> dict[str, Any]:
    standing = item.standing
    return {
        "unit": item.duty.unit_code,
        "unit_name": item.duty.unit_name,
        "dataset": item.duty.dataset,
        "period": item.period,
        "due_on": standing.due.on.isoformat(),
        "provisional": standing.due.provisional,
        "state": standing.state.value,
        "silent": standing.is_silent,
        "days_late": standing.days_late,
        "records": standing.records,
    }
