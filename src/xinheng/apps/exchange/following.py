"""Another installation's records: its change feed, as far as its ledger is signed.

    checkpoint   signed by a key that the operator pinned, and continues the last one
    changes      up to the checkpoint's size, in order, from where we stand
    each page    taken whole, with the place in the feed, in one transaction

What is no longer shown there goes here too. A ledger that was cut back or forked is not
followed: somebody has to look.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
from django.db import transaction

from xinheng.apps.catalog import queries as catalog
from xinheng.apps.exchange.carriers.carrier import CarrierError
from xinheng.apps.exchange.carriers.site import Site
from xinheng.apps.exchange.models import NeighborState, Received
from xinheng.apps.exchange.neighbors import Neighbor
from xinheng.apps.ledger import keys
from xinheng.apps.ledger import operations as ledger
from xinheng.core.changes import cursor as cursors
from xinheng.core.changes.cursor import Cursor, MalformedCursorError
from xinheng.core.merkle import checkpoint
from xinheng.core.merkle.checkpoint import Checkpoint, MalformedNoteError, Note
from xinheng.core.merkle.witnessing import find_objection
from xinheng.core.screening import personal_id

FOLLOWED = "exchange.followed"
PAGE_ROWS = 1_000
MOST_PAGES = 10_000
_API = "api/v1"


class FollowError(RuntimeError):
    """The neighbor is not followed; `code` says in a word why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Followed:
    """What a run took: versions put and removed, and those that were kept out."""

    neighbor: str
    size: int
    put: int
    removed: int
    kept_out: int


@dataclass
class _Count:
    put: int = 0
    removed: int = 0
    kept_out: int = 0


def follow(neighbor: Neighbor, *, actor: str, at: datetime) -> Followed:
    """Take what changed at a neighbor since the last time.

    Raises:
        FollowError: UNREACHABLE, MALFORMED, UNSIGNED, CUT_BACK, FORKED, OTHER_LOG, or
            the code of an address that may not be asked.
        TargetsError: its public keys can't be read.
    """
    NeighborState.objects.get_or_create(name=neighbor.name)
    try:
        done = _follow(neighbor, actor=actor, at=at)
    except (FollowError, CarrierError) as failed:
        _note_run(neighbor.name, at=at, error=failed.code)
        raise FollowError(failed.code) from None
    _note_run(neighbor.name, at=at, error="")
    return done


def _follow(neighbor: Neighbor, *, actor: str, at: datetime) -> Followed:
    site = Site(neighbor.url, neighbor.secret_file)
    try:
        note = _checkpoint(site, neighbor)
        count = _Count()
        for _ in range(MOST_PAGES):
            if _take_page(site, neighbor, note.checkpoint().size, count, at=at):
                break
    finally:
        site.close()
    _enter(neighbor.name, note, count, actor=actor, at=at)
    size = note.checkpoint().size
    return Followed(neighbor.name, size, count.put, count.removed, count.kept_out)


def _checkpoint(site: Site, neighbor: Neighbor) -> Note:
    """Return the neighbor's checkpoint, if it is signed and continues the last."""
    try:
        note = checkpoint.parse(_get(site, "ledger/checkpoint").decode())
        says = note.checkpoint()
    except (MalformedNoteError, UnicodeDecodeError):
        raise FollowError("MALFORMED") from None
    is_signed = any(
        key.name == says.origin and keys.is_signed_by(note, key)
        for key in neighbor.public_keys()
    )
    if not is_signed:
        raise FollowError("UNSIGNED")
    seen = NeighborState.objects.get(name=neighbor.name).note
    old = checkpoint.parse(seen).checkpoint() if seen else None
    objection = find_objection(seen=old, offered=says, proof=_proof(site, old, says))
    if objection is not None:
        raise FollowError(objection.value)
    return note


def _proof(site: Site, old: Checkpoint | None, new: Checkpoint) -> list[bytes]:
    if old is None or not 0 < old.size < new.size:
        return []
    asked = {"first": str(old.size), "second": str(new.size)}
    try:
        said = json.loads(_get(site, "ledger/consistency", asked))
        return [bytes.fromhex(each) for each in said["proof"]]
    except (KeyError, TypeError, ValueError):
        raise FollowError("MALFORMED") from None


def _take_page(
    site: Site, neighbor: Neighbor, size: int, count: _Count, *, at: datetime
) -> bool:
    """Take one page of changes; true where nothing follows that is signed."""
    begin = NeighborState.objects.get(name=neighbor.name).cursor
    said = _get(site, "changes", {"after": begin, "limit": str(PAGE_ROWS)})
    try:
        return _take_said(neighbor, begin, json.loads(said), size, count, at)
    except (KeyError, TypeError, ValueError, MalformedCursorError):
        raise FollowError("MALFORMED") from None


@transaction.atomic
def _take_said(
    neighbor: Neighbor,
    begin: str,
    said: Mapping[str, Any],
    size: int,
    count: _Count,
    at: datetime,
) -> bool:
    state = NeighborState.objects.select_for_update().get(name=neighbor.name)
    if state.cursor != begin:
        raise FollowError("BUSY")
    reached, signed = cursors.parse(said["next"]), Cursor(size - 1)
    for item in said["items"]:
        if cursors.parse(item["cursor"]) > signed:
            break  # not signed yet: the next run takes it
        _take(neighbor, item, count, size, at)
        state.cursor = item["cursor"]
    if reached <= signed:
        state.cursor = str(reached)
    state.save(update_fields=["cursor"])
    return bool(said["is_end"]) or reached > signed


def _take(
    neighbor: Neighbor,
    item: Mapping[str, Any],
    count: _Count,
    size: int,
    at: datetime,
) -> None:
    gone = [item["id"], item["replaces"]] if item["replaces"] else [item["id"]]
    rows = Received.objects.filter(neighbor_id=neighbor.name, version__in=gone)
    record = item["record"]
    if record is None:
        count.removed += rows.delete()[0]
        return
    rows.delete()
    values = _values(record)
    item_of = catalog.list_datasets().get(record["dataset"])
    code = values.get(item_of.subject_code or "", "") if item_of else ""
    if item_of is None or not neighbor.takes(record["dataset"], code[2:8]):
        count.kept_out += 1
        return
    if any(_is_personal(*each) for each in values.items()):
        count.kept_out += 1
        return
    Received.objects.create(
        neighbor_id=neighbor.name,
        version=item["id"],
        key=record["key"],
        dataset=record["dataset"],
        uscc=code[:18],
        source_unit=record["source_unit"],
        values=values,
        received_at=at,
        signed_size=size,
    )
    count.put += 1


def _is_personal(name: str, text: str) -> bool:
    is_number = name.endswith("_reg_no")
    find = personal_id.find_in_registration_number if is_number else personal_id.find
    return find(text) is not None


def _values(record: Mapping[str, Any]) -> dict[str, str]:
    """Return a record's fields by the catalog's names; others are not kept."""
    item = catalog.list_datasets().get(record["dataset"])
    names = {each.title: each.name for each in item.stored_fields} if item else {}
    return {
        names[each["title"]]: str(each["text"])
        for each in record["fields"]
        if each["title"] in names
    }


def _get(site: Site, path: str, query: Mapping[str, str] | None = None) -> bytes:
    try:
        status, body = site.ask("GET", f"{_API}/{path}", query=query)
    except httpx.HTTPError:
        raise FollowError("UNREACHABLE") from None
    if status != httpx.codes.OK or body is None:
        raise FollowError("CURSOR_AHEAD" if status == 409 else "UNREACHABLE")
    return body


@transaction.atomic
def _enter(name: str, note: Note, count: _Count, *, actor: str, at: datetime) -> None:
    state = NeighborState.objects.select_for_update().get(name=name)
    state.note = note.text()
    state.save(update_fields=["note"])
    if not (count.put or count.removed):
        return
    says = note.checkpoint()
    ledger.append(
        kind=FOLLOWED,
        subject=f"neighbor:{name}",
        actor=actor,
        body={
            "origin": says.origin,
            "size": says.size,
            "root": says.root.hex(),
            "put": count.put,
            "removed": count.removed,
        },
        at=at,
    )


def _note_run(name: str, *, at: datetime, error: str) -> None:
    NeighborState.objects.filter(name=name).update(
        last_run_at=at, last_error=error[:64]
    )
