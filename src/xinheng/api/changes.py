"""The change feed: by pages, and as a stream of server-sent events."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from ninja import Header, Query, Router
from ninja.errors import AuthenticationError

from xinheng.api import schemas, streaming
from xinheng.api.access import ServiceKey
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.records import changes
from xinheng.apps.records.changes import PUBLIC, Change, CursorAheadError, Reader
from xinheng.apps.records.queries import PublicRecord
from xinheng.core.changes import cursor as cursors
from xinheng.core.changes.cursor import Cursor

router = Router(tags=["changes"])


@router.get(
    "/changes",
    response=schemas.ChangesOut,
    summary="What changed since a place in the feed",
    operation_id="listChanges",
)
def list_changes(
    request: HttpRequest,
    after: Query[schemas.CursorText | None] = None,
    limit: Annotated[int, Query(ge=1, le=changes.MOST_ROWS)] = changes.MOST_ROWS,
) -> dict[str, object]:
    """Return what follows `after`, and where to go on (`next`).

    Without a service key: what the public may see, sole proprietors left out. With one:
    what its unit reported. `is_empty` says that nothing in this stretch may be seen;
    while `is_end` is false, more follows all the same.
    """
    found = changes.list_changes(
        after=cursors.parse(after or ""),
        reader=_reader(request),
        on=timezone.localdate(),
        limit=limit,
    )
    return {
        "items": [_change(each) for each in found.changes],
        "next": str(found.next),
        "is_end": found.is_end,
        "is_empty": not found.changes,
        "ledger_size": found.ledger_size,
    }


@router.get(
    "/changes/stream",
    response={200: str},
    summary="The same as it happens (server-sent events)",
    operation_id="streamChanges",
)
def stream(
    request: HttpRequest,
    after: Query[schemas.CursorText | None] = None,
    last_event_id: Header[schemas.CursorText | None] = None,
) -> StreamingHttpResponse:
    """Send what follows, then each change as it is committed.

    `change` events hold a change each, their id is the cursor. `current` says that all
    is told up to its id: once the client has caught up, and while nothing happens.
    `Last-Event-ID`, as browsers send it when they connect again, goes before `after`.
    """
    since, reader = cursors.parse(last_event_id or after or ""), _reader(request)
    if since > Cursor(ledger.size() - 1):
        raise CursorAheadError(str(since))
    source = streaming.Source(("records", reader), partial(_read, reader))
    return streaming.answer(source, after=since)


def _read(reader: Reader, after: Cursor) -> streaming.Stretch:
    found = changes.list_changes(after=after, reader=reader, on=timezone.localdate())
    events = [
        streaming.Event(each.cursor, "change", _change(each)) for each in found.changes
    ]
    return streaming.Stretch(events, found.next, found.is_end)


def _reader(request: HttpRequest) -> Reader:
    """Return who reads; a key that does not hold is refused, never read as none."""
    if "Authorization" not in request.headers:
        return PUBLIC
    actor = ServiceKey()(request)
    if actor is None:
        raise AuthenticationError
    return Reader(actor.units)


def _change(change: Change) -> dict[str, object]:
    return {
        "cursor": str(change.cursor),
        "op": "remove" if change.record is None else "upsert",
        "id": change.id,
        "replaces": change.replaces,
        "record": None if change.record is None else record(change.record),
    }


def record(view: PublicRecord) -> dict[str, object]:
    """Return a record as JSON takes it."""
    until, late = view.state.until, view.lateness
    return {
        "key": view.key,
        "dataset": view.dataset,
        "dataset_title": view.dataset_title,
        "source_unit": view.source_unit,
        "decided_on": None if view.decided_on is None else view.decided_on.isoformat(),
        "recorded_at": view.recorded_at.isoformat(),
        "public_until": None if until is None else until.isoformat(),
        "due_on": late.due_on.isoformat() if late else None,
        "working_days_late": late.days_late if late else None,
        "is_disputed": view.state.is_disputed,
        "fields": [
            {"title": title, "title_en": title_en, "text": text}
            for title, title_en, text in view.fields
        ],
    }
