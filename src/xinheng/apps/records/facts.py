"""A record as `core.disclosures` sees it: the value that showing is decided on."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date

from xinheng.apps.disclosures.queries import Known
from xinheng.core.catalog.datasets import Dataset, DisclosureClass, SubjectKind
from xinheng.core.disclosures import names
from xinheng.core.disclosures.facts import Fact, Kind
from xinheng.rulebook import periods

_BETWEEN_KINDS = ";"  # of several penalties in one field, as stored
_BEFORE_A_REMARK = "-"


def of_record(
    dataset: Dataset,
    body: Mapping[str, str],
    *,
    decided_on: date | None,
    is_withheld: bool,
    known: Known | None = None,
) -> Fact:
    """Return what is known of a record: by its own words, its holds, and `known`."""
    plain = Fact(
        disclosure=_disclosure(dataset),
        adverse=dataset.adverse,
        decided_on=decided_on,
        is_sole_proprietor=is_sole_proprietor(dataset, body),
        is_withheld=is_withheld,
    )
    columns = periods.rules().datasets.get(dataset.name)
    said = plain if columns is None else _penalty(plain, columns, body)
    return said if known is None else known.applied_to(said)


def is_sole_proprietor(dataset: Dataset, body: Mapping[str, str]) -> bool:
    """Tell whether the record is about a person in business (`92`)."""
    code = body.get(dataset.subject_code or "", "")
    return code.startswith(names.SOLE_PROPRIETOR_PREFIX)


def may_be_public(dataset: Dataset) -> bool:
    """Tell whether the catalog lets any record of the dataset be public."""
    return _disclosure(dataset) is DisclosureClass.PUBLIC


def _disclosure(dataset: Dataset) -> DisclosureClass:
    """Return the catalog's class; counts of personal items are shown to nobody."""
    if dataset.subject is SubjectKind.COUNT:
        return DisclosureClass.INTERNAL
    return dataset.disclosure


def _penalty(
    plain: Fact, columns: periods.DatasetColumns, body: Mapping[str, str]
) -> Fact:
    rules = periods.rules().classification
    kinds = [
        kind.split(_BEFORE_A_REMARK)[0]
        for kind in body.get(columns.types, "").split(_BETWEEN_KINDS)
        if kind
    ]
    declared = body.get(columns.declared_until or "")
    return dataclasses.replace(
        plain,
        kind=Kind.PENALTY,
        severity=rules.severity(kinds),
        traits=rules.traits(kinds),
        declared_until=date.fromisoformat(declared) if declared else None,
    )
