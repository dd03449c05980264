"""An organization's page: what the register states about it, class by class."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from xinheng.apps.law import queries as law
from xinheng.apps.listings import public as listings
from xinheng.apps.organizations import public_then
from xinheng.apps.organizations import queries as organizations
from xinheng.apps.records import as_of as records_then
from xinheng.apps.records import queries as records
from xinheng.apps.records import successions
from xinheng.core.catalog.datasets import Dataset
from xinheng.core.identifiers import uscc as codes_of
from xinheng.core.two_times import AsOf
from xinheng.web import as_of, caching, datasets, paging
from xinheng.web.portal import codes


@dataclass(frozen=True, slots=True)
class Card:
    """A record as the page shows it: a heading, and the fields that are left."""

    heading: str
    record: records.PublicRecord
    fields: tuple[tuple[str, str, str], ...]
    corrected_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """The public records of one dataset, latest decision first."""

    dataset: Dataset
    cards: tuple[Card, ...]


@require_safe
def organization(request: HttpRequest, uscc: str) -> HttpResponse:
    """Show an organization; a code that fails a check is never called clean."""
    code, asking = codes_of.normalize(uscc), as_of.read(request, at=timezone.now())
    if asking.asked is not None and code == uscc:
        return caching.unkept(_then(request, code, asking, asking.asked))
    found = organizations.get_public(code)
    if found is None:
        return _renamed(code) or _not_found(request, code)
    if code != uscc:
        address = reverse("portal:organization", args=[code])
        query = request.GET.urlencode()
        return redirect(f"{address}?{query}" if query else address)
    on = timezone.localdate()
    adoption = law.in_effect(on=on)
    is_adopted = adoption is not None
    public = records.list_public(organization=found.key, on=on, is_adopted=is_adopted)
    context = {
        "item": found,
        "heir": successions.merged_into(organization=found.key),
        "groups": _groups(public),
        "listings": listings.public_of(
            organization=int(found.key), on=on, is_adopted=is_adopted
        ),
        "branches": organizations.list_branches(uscc=code, page=paging.number(request)),
        "adoption": adoption,
        "on": on,
        "asking": asking,
    }
    page = render(request, "portal/organization.html", context, status=asking.status)
    return caching.unkept(page)


def _then(
    request: HttpRequest, code: str, asking: as_of.Asking, asked: AsOf
) -> HttpResponse:
    """Show an organization as it was known; what may not be shown today stays away."""
    found = public_then.get(code, on=asked.on, known_at=asked.known_at)
    if found is None:
        context = {"code": code, "asking": asking}
        page = "portal/organization_unknown_then.html"
        return render(request, page, context, status=404)
    today = timezone.localdate()
    then = records_then.list_public(organization=found.key, asked=asked, today=today)
    is_adopted = law.is_adopted(on=today)
    is_merged = found.status == "MERGED"
    context = {
        "item": found,
        "heir": successions.merged_into(organization=found.key) if is_merged else None,
        "groups": _groups(then.records, then.corrected),
        "listings": listings.public_of(
            organization=int(found.key), on=today, asked=asked
        ),
        "erased": as_of.told(then.erased),
        "adoption": is_adopted and law.in_effect(on=asked.on, known_at=asked.known_at),
        "on": asked.on,
        "asking": asking,
    }
    return render(request, "portal/organization.html", context)


def _renamed(code: str) -> HttpResponse | None:
    """Lead from a former code to the organization that bore it."""
    now = organizations.find_former(code)
    return redirect("portal:organization", uscc=now) if now else None


def _not_found(request: HttpRequest, code: str) -> HttpResponse:
    if codes.is_personal(code):
        return codes.refusal()
    context = {"code": code, "fault": codes.fault(code)}
    return render(request, "portal/no_organization.html", context, status=404)


def _groups(
    public: Iterable[records.PublicRecord],
    corrected: Mapping[str, datetime] = MappingProxyType({}),
) -> list[Group]:
    found: dict[str, list[records.PublicRecord]] = {}
    for record in public:
        found.setdefault(record.dataset, []).append(record)
    return [
        Group(
            item,
            tuple(
                replace(_card(each, item), corrected_at=corrected.get(each.key))
                for each in found[item.name]
            ),
        )
        for item in datasets.in_order()
        if item.name in found
    ]


def _card(record: records.PublicRecord, dataset: Dataset) -> Card:
    """Return the record under its own number, without what the page says already."""
    said = _titles(
        dataset, dataset.subject_code, dataset.subject_name, dataset.subject_category
    )
    number = _titles(dataset, *dataset.natural_key) - said
    number -= _titles(dataset, dataset.authority_code)
    fields = tuple(field for field in record.fields if field[0] not in said)
    heading = " ".join(text for title, _, text in fields if title in number)
    return Card(heading or dataset.title, record, fields)


def _titles(dataset: Dataset, *names: str | None) -> set[str]:
    return {dataset.field(name).title for name in names if name}
