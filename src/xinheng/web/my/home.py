"""What is held about an organization, what is due, who looked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from xinheng.apps.agents import queries as agents
from xinheng.apps.cases import queries as cases
from xinheng.apps.commitments import queries as commitments
from xinheng.apps.listings import redress as listings
from xinheng.apps.records import held
from xinheng.apps.records.as_of import ErasedMark
from xinheng.apps.records.held import HeldRecord
from xinheng.apps.reports import queries as reports
from xinheng.apps.standing import queries as standing
from xinheng.core.catalog.datasets import Dataset
from xinheng.core.procedures.tables import Party
from xinheng.rulebook import measures
from xinheng.web import as_of, datasets, paging
from xinheng.web.access import DeskRequest, agent
from xinheng.web.credit_reports import KINDS
from xinheng.web.my import asking
from xinheng.web.redress_words import FULFILMENTS, ROLES

Group = tuple[Dataset, list[HeldRecord]]


@agent
@require_safe
def index(request: DeskRequest) -> HttpResponse:
    """Lead to the organization, or offer those that the reader acts for."""
    known = agents.list_acting(actor=request.actor, on=timezone.localdate())
    if len(known) == 1:
        return redirect("my:organization", uscc=known[0].uscc)
    return render(request, "my/index.html", {"known": known})


@agent
@require_safe
def organization(request: DeskRequest, uscc: str) -> HttpResponse:
    """Show all that is held about an organization, adverse entries first."""
    item = asking.acting(request, uscc)
    at = timezone.now()
    on, times = timezone.localdate(at), as_of.read(request, at=at)
    records, erased = _held(request, item.key, times, on)
    page = cases.list_cases(
        actor=request.actor, on=on, organization=item.key, page=paging.number(request)
    )
    promised = commitments.list_own(actor=request.actor, organization=item.key)
    context = {
        "item": item,
        "role": ROLES[item.role],
        "groups": _groups(records),
        "total": len(records),
        "listings": listings.list_held(
            actor=request.actor, organization=item.key, on=on
        ),
        "asking": times,
        "erased": as_of.told(erased),
        "page": page,
        "due": [each for each in page.items if each.state.waits_for is Party.APPLICANT],
        "promised": [(each, *FULFILMENTS[each.state]) for each in promised],
        "done": request.GET.get("done", ""),
        "on": on,
    }
    return render(request, "my/organization.html", context, status=times.status)


def _held(
    request: DeskRequest, organization: str, times: as_of.Asking, on: date
) -> tuple[tuple[HeldRecord, ...], tuple[ErasedMark, ...]]:
    actor, asked = request.actor, times.asked
    if asked is None:
        return held.list_held(actor=actor, organization=organization, on=on), ()
    return held.list_known(actor=actor, organization=organization, asked=asked)


@agent
@require_safe
def looks(request: DeskRequest, uscc: str) -> HttpResponse:
    """Show which units looked up the measures that apply, and what for."""
    item = asking.acting(request, uscc)
    page = standing.list_uses(uscc=item.uscc, page=paging.number(request))
    matters = measures.rules().matters
    rows = [(each, matters.get(each.matter)) for each in page.items]
    given = reports.list_accesses(
        actor=request.actor, organization=item.key, page=paging.number(request)
    )
    context = {
        "item": item,
        "page": page,
        "rows": rows,
        "given": [(each, KINDS[each.kind]) for each in given.items],
        "given_page": given,
    }
    return render(request, "my/looks.html", context)


def _groups(records: Iterable[HeldRecord]) -> list[Group]:
    found: dict[str, list[HeldRecord]] = {}
    for record in records:
        found.setdefault(record.dataset.name, []).append(record)
    ordered = [each for each in datasets.in_order() if each.name in found]
    ordered.sort(key=lambda each: not each.adverse)
    return [(each, found[each.name]) for each in ordered]
