"""Issues that are sides of one thing: closed together, and opened together again.

Several codes for one name, or one identifier under several names, stand as an issue for
each side. A decision on one side that ends the clash ends it for the others. A side
that is kept leaves the others open, unless a person has judged the two different.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import polars as pl
from django.db.models import QuerySet

from xinheng.apps.organizations import issues
from xinheng.apps.organizations.models import Correction, Judgement, RegisterIssue
from xinheng.core.organizations import judgements
from xinheng.core.organizations.issues import IssueKind, IssueState
from xinheng.core.organizations.judgements import Entry, EntryKind, Verdict

_IDENTIFIER = slice(8, 17)


def close(correction: Correction, *, state: IssueState, at: datetime) -> list[int]:
    """Close the other sides of what was decided; return the issues' numbers.

    The register must have been changed already.
    """
    row = correction.issue
    others = [each for each in _sides(row) if _is_settled(row, each, state)]
    for each in others:
        each.state, each.closed_at, each.closed_with = state, at, correction
        each.save(update_fields=["state", "closed_at", "closed_with"])
    return [each.id for each in others]


def closed_with(correction: Correction) -> list[RegisterIssue]:
    """Return the issues that a decision closed besides its own, locked."""
    rows = RegisterIssue.objects.select_for_update().filter(closed_with=correction)
    return list(rows.order_by("id"))


def reopen(rows: Iterable[RegisterIssue]) -> None:
    """Open issues again that were closed with another."""
    for row in rows:
        row.state, row.closed_at, row.closed_with = IssueState.OPEN, None, None
        row.save(update_fields=["state", "closed_at", "closed_with"])


def _sides(row: RegisterIssue) -> list[RegisterIssue]:
    """Return the open issues of the same clash, locked, in the order of their keys."""
    if row.organization_id is None:
        return []
    open_ones = RegisterIssue.objects.select_for_update(of=("self",)).filter(
        state=IssueState.OPEN, kind=row.kind, organization__isnull=False
    )
    rows = _alike(open_ones.exclude(id=row.id), row)
    return list(rows.exclude(organization=row.organization_id).order_by("id"))


def _alike(
    rows: QuerySet[RegisterIssue], row: RegisterIssue
) -> QuerySet[RegisterIssue]:
    if row.kind == IssueKind.MULTI_CODE:
        return rows.filter(name_key=row.name_key)
    if row.kind == IssueKind.DUP_CODE:
        return rows.filter(organization__identifier=row.code[_IDENTIFIER])
    return rows.none()


def _is_settled(row: RegisterIssue, other: RegisterIssue, state: IssueState) -> bool:
    if state is IssueState.CONFIRMED:
        return _are_different(row, other)
    keys = pl.Series([other.organization_id], dtype=pl.Int64)
    told = issues.in_register(keys).filter(pl.col("kind") == other.kind)
    return other.organization_id not in told["organization_id"].to_list()


def _are_different(row: RegisterIssue, other: RegisterIssue) -> bool:
    one, two = row.organization_id, other.organization_id
    assert one is not None  # noqa: S101  (`_sides` are of organizations)
    assert two is not None  # noqa: S101
    pair = judgements.pair(
        Entry(EntryKind.ORGANIZATION, one), Entry(EntryKind.ORGANIZATION, two)
    )
    standing = Judgement.objects.filter(
        one=str(pair.one), other=str(pair.other), deleted_at__isnull=True
    )
    return standing.filter(verdict=Verdict.DIFFERENT.value).exists()
