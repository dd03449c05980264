"""An organization's page: what the register states about it, class by class."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from xinheng.apps.law import queries as law
from xinheng.apps.listings import public as listings
from xinheng.apps.organizations import queries as organizations
from xinheng.apps.records import queries as records
from xinheng.apps.records import successions
from xinheng.core.catalog.datasets import Dataset
from xinheng.core.identifiers import uscc as codes_of
from xinheng.web import caching, datasets, paging
from xinheng.web.portal import codes


@dataclass(frozen=True, slots=True)
class Card:
    """A record as the page shows it: a heading, and the fields that are left."""

    heading: str
    record: records.PublicRecord
    fields: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The public records of one dataset, latest decision first."""

    dataset: Dataset
    cards: tuple[Card, ...]


@require_safe
def organization(request: HttpRequest, uscc: str) -> HttpResponse:
    """Show an organization; a code that fails a check is never called clean."""
    code = codes_of.normalize(uscc)
    found = organizations.get_public(code)
    if found is None:
        return _renamed(code) or _not_found(request, code)
    if code != uscc:
        return redirect("portal:organization", uscc=code)
    on = timezone.localdate()
    public = records.list_public(organization=found.key, on=on)
    context = {
        "item": found,
        "heir": successions.merged_into(organization=found.key),
        "groups": _groups(public),
        "listings": listings.public_of(organization=int(found.key), on=on),
        "branches": organizations.list_branches(uscc=code, page=paging.number(request)),
        "adoption": law.in_effect(on=on),
        "on": on,
    }
    return caching.unkept(render(request, "portal/organization.html", context))


def _renamed(code: str) -> HttpResponse | None:
    """Lead from a former code to the organization that bore it."""
    now = organizations.find_former(code)
    return redirect("portal:organization", uscc=now) if now else None


def _not_found(request: HttpRequest, code: str) -> HttpResponse:
    if codes.is_personal(code):
        return codes.refusal()
    context = {"code": code, "fault": codes.fault(code)}
    return render(request, "portal/no_organization.html", context, status=404)


def _groups(public: Iterable[records.PublicRecord]) -> list[Group]:
    found: dict[str, list[records.PublicRecord]] = {}
    for record in public:
        found.setdefault(record.dataset, []).append(record)
    return [
        Group(item, tuple(_card(record, item) for record in found[item.name]))
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
