"""Rows into the values that the rules are about, and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.utils import timezone

from xinheng.apps.listings.models import Listing as Row
from xinheng.core.listings.advancing import Listing, Value
from xinheng.core.listings.procedure import EFFECTIVE, ENDS, Event, Need, State
from xinheng.core.listings.schemes import ListKind


def value(row: Row) -> Listing:
    """Return a row as the rules see it; a new row has no state yet."""
    return Listing(
        code=row.uscc,
        kind=ListKind(row.kind),
        state=State(row.state) if row.state else None,
        proposed_by=row.proposed_by,
        basis=row.basis,
        notice_proof=row.notice_proof,
        notice_served_on=row.notice_served_on,
        window_closes_on=row.window_closes_on,
        hearing_until=row.hearing_until,
        decided_by=row.decided_by,
        decided_on=row.decided_on,
        expires_on=row.expires_on,
        last_on=row.last_on,
        is_stayed=row.is_stayed,
        is_disputed=row.is_disputed,
    )


def write(
    row: Row, after: Listing, event: Event, told: Mapping[Need, Value], at: datetime
) -> None:
    """Put what the rules made of a listing, and what was told, into its row."""
    for need, brought in told.items():
        setattr(row, need.value, brought)
    for name in _OWN:
        setattr(row, name, getattr(after, name))
    was, row.state = row.state, after.state.value if after.state else ""
    if row.state in EFFECTIVE and was not in EFFECTIVE:
        row.decided_at = at
    if row.state == State.PUBLISHED and was != State.PUBLISHED:
        row.published_on = timezone.localdate(at)
    if row.state in ENDS:
        row.ended_on, row.ended_at = _ended_on(row, event), at


def _ended_on(row: Row, event: Event) -> date | None:
    """Return the first day without the listing; one that was annulled never was."""
    ends = {Event.ANNUL: row.decided_on, Event.EXPIRE: row.expires_on}
    return ends.get(event, row.effective_on)


_OWN = (
    "proposed_by",
    "notice_served_on",
    "window_closes_on",
    "hearing_until",
    "decided_by",
    "decided_on",
    "expires_on",
    "last_on",
    "is_stayed",
    "is_disputed",
)
