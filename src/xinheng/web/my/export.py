"""All that is held about an organization, to be taken along: JSON, or CSV in a ZIP."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.agents.queries import Acting
from xinheng.apps.cases import queries as cases
from xinheng.apps.cases.queries import CaseView
from xinheng.apps.commitments import queries as commitments
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.listings import public as listings
from xinheng.apps.listings.public import PublicListing
from xinheng.apps.records import held
from xinheng.apps.records.as_of import ErasedMark
from xinheng.apps.records.held import HeldRecord
from xinheng.apps.repairs import queries as repairs
from xinheng.apps.reports import queries as reports
from xinheng.apps.standing import queries as standing
from xinheng.core import formulas
from xinheng.core.two_times import AsOf
from xinheng.web import as_of, files
from xinheng.web.access import DeskRequest, agent
from xinheng.web.my import asking

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Taken:
    """Whose data are taken along, by whom; `asked` null for what is held today."""

    actor: Actor
    item: Acting
    asked: AsOf | None
    at: datetime

    @property
    def on(self) -> date:
        """The day that is asked about."""
        return self.asked.on if self.asked else timezone.localdate(self.at)

    @property
    def known_at(self) -> datetime:
        """Until when what was written counts."""
        return self.asked.known_at if self.asked else self.at


@agent
@require_safe
def as_json(request: DeskRequest, uscc: str) -> HttpResponse:
    """Send everything as one JSON document, of today or as it was known."""
    taken = _taken(request, uscc)
    if taken is None:
        return _back(request, uscc)
    text = json.dumps(_everything(taken), ensure_ascii=False, indent=1)
    return files.attachment(text.encode(), f"{uscc}.json", "application/json")


@agent
@require_safe
def as_zip(request: DeskRequest, uscc: str) -> HttpResponse:
    """Send everything as one CSV file for each kind, in a ZIP."""
    taken = _taken(request, uscc)
    if taken is None:
        return _back(request, uscc)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in _everything(taken).items():
            if isinstance(rows, list):
                archive.writestr(f"{name}.csv", _csv(rows))
    return files.attachment(packed.getvalue(), f"{uscc}.zip", "application/zip")


def _taken(request: DeskRequest, uscc: str) -> Taken | None:
    """Return what is asked for, null where the two times mean nothing."""
    item, at = asking.acting(request, uscc), timezone.now()
    times = as_of.read(request, at=at)
    return None if times.fault else Taken(request.actor, item, times.asked, at)


def _back(request: DeskRequest, uscc: str) -> HttpResponse:
    """Lead to the page that says what is wrong with the two times."""
    address = reverse("my:organization", args=[uscc])
    return redirect(f"{address}?{request.GET.urlencode()}")


def _everything(taken: Taken) -> dict[str, Any]:
    asked, item = taken.asked, taken.item
    records, erased = _held(taken)
    return {
        "uscc": item.uscc,
        "name": item.name,
        "as_of": taken.on.isoformat(),
        "ledger_size": asked.ledger_size if asked else ledger.size(),
        "records": [_record(each) for each in records],
        "erased": [
            {
                "dataset": each.dataset,
                "count": each.count,
                "erased_on": each.erased_on.isoformat(),
                "basis": each.basis,
            }
            for each in erased
        ],
        "lists": [_listing(each) for each in _lists(taken)],
        "cases": [_case(each) for each in _cases(taken)],
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
            for each in commitments.list_own(
                actor=taken.actor, organization=item.key, asked=asked
            )
        ],
        "training": [
            {"title": title, "held_on": day.isoformat(), "attendees": count}
            for title, day, count in repairs.list_attended(organization=item.key)
            if day <= taken.on
        ],
        "looks": list(_looks(taken)),
        "reports": list(_reports(taken)),
    }


def _held(taken: Taken) -> tuple[tuple[HeldRecord, ...], tuple[ErasedMark, ...]]:
    actor, organization, asked = taken.actor, taken.item.key, taken.asked
    if asked is not None:
        return held.list_known(actor=actor, organization=organization, asked=asked)
    return held.list_held(actor=actor, organization=organization, on=taken.on), ()


def _record(each: HeldRecord) -> dict[str, Any]:
    return {
        "dataset": each.dataset.name,
        "unit": each.unit_name,
        "decided_on": each.decided_on.isoformat() if each.decided_on else None,
        "recorded_at": each.recorded_at.isoformat(),
        "public": each.state.public,
        "until": each.state.until.isoformat() if each.state.until else None,
        "values": dict(each.body),
    }


def _lists(taken: Taken) -> tuple[PublicListing, ...]:
    known_at = taken.asked.known_at if taken.asked else None
    return listings.held_of(
        organization=int(taken.item.key), on=taken.on, known_at=known_at
    )


def _listing(each: PublicListing) -> dict[str, Any]:
    return {
        "list": each.scheme.title,
        "authority": each.authority,
        "basis": each.basis,
        "decision_no": each.decision_no,
        "decided_on": each.decided_on.isoformat(),
        "expires_on": each.expires_on.isoformat(),
    }


def _cases(taken: Taken) -> Iterable[CaseView]:
    actor, organization = taken.actor, taken.item.key
    if taken.asked is not None:
        yield from cases.list_known(
            actor=actor, organization=organization, asked=taken.asked
        )
        return
    number, more = 1, True
    while more:
        page = cases.list_cases(
            actor=actor, on=taken.on, organization=organization, page=number
        )
        yield from page.items
        number, more = number + 1, page.has_next


def _case(each: CaseView) -> dict[str, Any]:
    return {
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


def _looks(taken: Taken) -> Iterable[dict[str, Any]]:
    number, more = 1, True
    while more:
        page = standing.list_uses(uscc=taken.item.uscc, page=number)
        for each in page.items:
            if each.at <= taken.known_at:
                yield {
                    "at": each.at.isoformat(),
                    "unit": each.unit_name,
                    "matter": each.matter,
                    "purpose": each.purpose,
                }
        number, more = number + 1, page.has_next


def _reports(taken: Taken) -> Iterable[dict[str, Any]]:
    number, more = 1, True
    while more:
        page = reports.list_accesses(
            actor=taken.actor, organization=taken.item.key, page=number
        )
        for each in page.items:
            if each.at <= taken.known_at:
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
