"""All that is held about an organization, to be taken along: JSON, or CSV in a ZIP."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from xinheng.apps.agents.queries import Acting
from xinheng.apps.cases import queries as cases
from xinheng.apps.commitments import queries as commitments
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.records import held
from xinheng.apps.repairs import queries as repairs
from xinheng.apps.reports import queries as reports
from xinheng.apps.standing import queries as standing
from xinheng.core import formulas
from xinheng.web import files
from xinheng.web.access import DeskRequest, agent
from xinheng.web.my import asking

Rows = list[dict[str, Any]]


@agent
@require_safe
def as_json(request: DeskRequest, uscc: str) -> HttpResponse:
    """Send everything as one JSON document."""
    item = asking.acting(request, uscc)
    text = json.dumps(_everything(request, item), ensure_ascii=False, indent=1)
    return files.attachment(text.encode(), f"{uscc}.json", "application/json")


@agent
@require_safe
def as_zip(request: DeskRequest, uscc: str) -> HttpResponse:
    """Send everything as one CSV file for each kind, in a ZIP."""
    item = asking.acting(request, uscc)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in _everything(request, item).items():
            if isinstance(rows, list):
                archive.writestr(f"{name}.csv", _csv(rows))
    return files.attachment(packed.getvalue(), f"{uscc}.zip", "application/zip")


def _everything(request: DeskRequest, item: Acting) -> dict[str, Any]:
    on = asking.by(request).on
    promised = commitments.list_own(actor=request.actor, organization=item.key)
    attended = repairs.list_attended(organization=item.key)
    return {
        "uscc": item.uscc,
        "name": item.name,
        "as_of": on.isoformat(),
        "ledger_size": ledger.size(),
        "records": _records(request, item),
        "cases": list(_cases(request, item)),
        "commitments": [
            {
                "type": each.rule.type.value,
                "matter": each.matter,
                "text": each.text,
                "made_on": each.made_on.isoformat(),
                "valid_to": each.valid_to.isoformat() if each.valid_to else None,
                "state": each.state.value,
                "public": each.is_public,
            }
            for each in promised
        ],
        "training": [
            {"title": title, "held_on": day.isoformat(), "attendees": count}
            for title, day, count in attended
        ],
        "looks": list(_looks(item)),
        "reports": list(_reports(request, item)),
    }


def _records(request: DeskRequest, item: Acting) -> Rows:
    on = asking.by(request).on
    return [
        {
            "dataset": each.dataset.name,
            "unit": each.unit_name,
            "decided_on": each.decided_on.isoformat() if each.decided_on else None,
            "recorded_at": each.recorded_at.isoformat(),
            "public": each.state.public,
            "until": each.state.until.isoformat() if each.state.until else None,
            "values": dict(each.body),
        }
        for each in held.list_held(actor=request.actor, organization=item.key, on=on)
    ]


def _cases(request: DeskRequest, item: Acting) -> Iterable[dict[str, Any]]:
    on, number, more = asking.by(request).on, 1, True
    while more:
        page = cases.list_cases(
            actor=request.actor, on=on, organization=item.key, page=number
        )
        for each in page.items:
            yield {
                "number": each.id,
                "procedure": each.procedure,
                "about": each.title,
                "topic": each.topic,
                "state": each.state.name,
                "outcome": each.outcome.name if each.outcome else None,
                "applied_on": str(each.applied_on) if each.applied_on else None,
                "due_on": str(each.due_on) if each.due_on else None,
                "decided_on": str(each.decided_on) if each.decided_on else None,
            }
        number, more = number + 1, page.has_next


def _looks(item: Acting) -> Iterable[dict[str, Any]]:
    number, more = 1, True
    while more:
        page = standing.list_uses(uscc=item.uscc, page=number)
        for each in page.items:
            yield {
                "at": each.at.isoformat(),
                "unit": each.unit_name,
                "matter": each.matter,
                "purpose": each.purpose,
            }
        number, more = number + 1, page.has_next


def _reports(request: DeskRequest, item: Acting) -> Iterable[dict[str, Any]]:
    number, more = 1, True
    while more:
        page = reports.list_accesses(
            actor=request.actor, organization=item.key, page=number
        )
        for each in page.items:
            yield {
                "at": each.at.isoformat(),
                "kind": each.kind.value,
                "unit": each.unit_name,
                "receiver": each.receiver,
                "purpose": each.purpose,
            }
        number, more = number + 1, page.has_next


def _csv(rows: Rows) -> bytes:
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(names)
    writer.writerows([_cell(row.get(name)) for name in names] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return formulas.disarmed(json.dumps(value, ensure_ascii=False))
    return formulas.disarmed(str(value))
