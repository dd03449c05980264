"""What anyone may ask: organizations, the monthly table, the catalog."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Query, Router

from xinheng.api import paging, schemas
from xinheng.apps.catalog import queries as catalog
from xinheng.apps.ledger import as_of
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.organizations import public_then
from xinheng.apps.organizations import queries as organizations
from xinheng.apps.organizations import search as searching
from xinheng.apps.organizations.queries import OrganizationView
from xinheng.apps.records import as_of as records_then
from xinheng.apps.records import queries as records
from xinheng.apps.records.queries import PublicRecord
from xinheng.apps.statistics import queries as statistics
from xinheng.core.catalog.datasets import Dataset
from xinheng.core.two_times import AsOf
from xinheng.rulebook import exports

router = Router(tags=["public"])


@router.get(
    "/organizations",
    response=schemas.OrganizationsOut,
    summary="Search organizations",
    operation_id="searchOrganizations",
)
def search(
    request: HttpRequest,
    q: Query[schemas.SearchText],
    page: Annotated[int, Query(ge=1, le=500)] = 1,
) -> dict[str, object]:
    """Find organizations by part of a name, by pinyin initials, or by code.

    A name is compared without brackets, blanks and width, traditional characters as
    simplified ones, former names too. A code is found by its beginning (that of a sole
    proprietor, `92`, only whole), a former code whole. `total` stops at 10,000;
    `total_is_capped` says that there are more.
    """
    found = searching.search(text=q, page=page)
    return {**paging.answer(found), "total_is_capped": found.is_capped}


@router.get(
    "/organizations/{uscc}",
    response=schemas.OrganizationOut,
    summary="An organization",
    operation_id="getOrganization",
)
def get_organization(
    request: HttpRequest,
    uscc: str,
    on: Query[schemas.TimeText | None] = None,
    known_at: Query[schemas.TimeText | None] = None,
) -> dict[str, object]:
    """Return an organization and what is public about it today, or was as known then.

    `on` is a legal day (today), `known_at` a day or a ledger size (now). What may no
    longer be shown today is left out of the past too; `erased` marks content that is
    gone.
    """
    at = timezone.now()
    asked = as_of.parse(known_at=known_at or "", on=on or "", at=at)
    today = timezone.localdate(at)
    if asked is None:
        found = organizations.get_public(uscc)
    else:
        found = public_then.get(uscc, on=asked.on, known_at=asked.known_at)
    if found is None:
        raise Http404
    return {
        **_organization(found),
        **_public(found.key, asked, today),
        "on": asked.on if asked else today,
        "ledger_size": asked.ledger_size if asked else ledger.size(),
    }


def _public(key: str, asked: AsOf | None, today: date) -> dict[str, object]:
    if asked is None:
        found = records.list_public(organization=key, on=today)
        return {"records": [_record(each) for each in found], "erased": []}
    then = records_then.list_public(organization=key, asked=asked, today=today)
    return {
        "records": [
            {**_record(each), "corrected_at": then.corrected.get(each.key)}
            for each in then.records
        ],
        "erased": then.erased,
    }


def _organization(found: OrganizationView) -> dict[str, object]:
    return {
        "uscc": found.uscc,
        "name": found.name,
        "kind": found.kind,
        "status": found.status,
        "division": found.division,
        "registered_on": found.registered_on,
        "former_names": [
            {"name": name, "until": until} for name, _, until in found.former_names
        ],
    }


def _record(record: PublicRecord) -> dict[str, object]:
    return {
        "key": record.key,
        "dataset": record.dataset,
        "dataset_title": record.dataset_title,
        "source_unit": record.source_unit,
        "decided_on": record.decided_on,
        "recorded_at": record.recorded_at,
        "due_on": record.lateness.due_on if record.lateness else None,
        "working_days_late": record.lateness.days_late if record.lateness else None,
        "public_until": record.state.until,
        "is_disputed": record.state.is_disputed,
        "fields": [
            {"title": title, "title_en": title_en, "text": text}
            for title, title_en, text in record.fields
        ],
    }


@router.get(
    "/tables/{period}",
    response=schemas.TableOut,
    summary="The monthly table",
    operation_id="getTable",
)
def table(
    request: HttpRequest,
    period: str,
    ledger_size: Query[int | None] = None,
    known_at: Query[schemas.TimeText | None] = None,
) -> dict[str, object]:
    """Return the table of a month, as the ledger of that size knew it.

    `known_at` is a day or a ledger size; the month itself is what it is about.
    """
    if ledger_size is None and known_at:
        asked = as_of.parse(known_at=known_at, on="", at=timezone.now())
        ledger_size = asked.ledger_size if asked else None
    found = statistics.table(period=period, ledger_size=ledger_size)
    return {
        "period": found.period,
        "ledger_size": found.ledger_size,
        "columns": [column.title for column in found.columns],
        "units": [
            {"unit": row.unit.name, "cells": list(row.cells), "total": row.total}
            for row in found.units
        ],
        "totals": [*found.totals, found.grand_total],
    }


@router.get(
    "/datasets",
    response=list[schemas.DatasetOut],
    summary="The catalog",
    operation_id="listDatasets",
)
def list_datasets(request: HttpRequest) -> list[dict[str, object]]:
    """Return every item that is collected here."""
    return [_dataset(item) for item in catalog.list_datasets().values()]


def _dataset(item: Dataset) -> dict[str, object]:
    return {
        "name": item.name,
        "edition": item.edition,
        "title": item.title,
        "title_en": item.title_en,
        "legal_basis": [basis.title for basis in item.legal_basis],
        "verification": item.verification,
        "disclosure": item.disclosure,
        "frequency": item.frequency,
    }


@router.get(
    "/datasets/{name}/schema",
    response=dict[str, object],
    summary="A dataset's columns (Frictionless Table Schema)",
    operation_id="getSchema",
)
def schema(request: HttpRequest, name: str) -> dict[str, object]:
    """Return the Table Schema of a dataset."""
    return dict(exports.table_schema(catalog.get_dataset(name)))
