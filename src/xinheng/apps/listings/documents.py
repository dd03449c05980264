"""Notices, decisions and removals as PDF, issued once and kept by their digest."""

from __future__ import annotations

import json
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from xinheng.apps import typesetting
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.listings import models, operations
from xinheng.apps.listings.operations import By
from xinheng.core.disclosures.names import public_name
from xinheng.core.listings.procedure import EFFECTIVE, OPEN, State
from xinheng.rulebook import list_schemes, listing_documents
from xinheng.rulebook.listing_documents import Document, DocumentKind, Matter

PLACE = "documents"
_TEMPLATE = """\
#let d = json(bytes(sys.inputs.document))
#set document(title: d.title)
#set page(paper: "a4", margin: 2.5cm, header: align(right, text(9pt, d.mark)))
#set text(size: 12pt)
#set par(justify: true, leading: 0.9em)
#align(center, text(18pt, weight: "bold", d.title))
#if d.number != "" { align(center, d.number) }
#v(1em)
#d.addressee：
#for (heading, body) in d.blocks {
  block(above: 1.4em, text(weight: "bold", heading))
  block(body)
}
#v(2em)
#align(right)[#d.authority \\ #d.dated]
"""


class NotNowError(ValueError):
    """The listing has not come to this document."""


@transaction.atomic
def issue(*, listing: int, kind: DocumentKind, by: By) -> str:
    """Set a document, keep it, and return its digest; the same twice is one document.

    Raises:
        FontMissingError: no font to set it with.
        GlyphMissingError: the fonts lack some character of it.
        MissingBlockError: a mandatory block would be empty.
        NotAllowedError: not of the authority.
        NotNowError: the listing has not come to it.
        UnknownListingError: there is no such listing.
    """
    row = operations.lock(listing)
    if not by.actor.may_list_for(row.authority_id):
        raise NotAllowedError("issue a document")
    if kind not in kinds_of(State(row.state), is_own=row.hearing_until is not None):
        raise NotNowError(kind)
    on = timezone.localdate(by.at)
    digest = keep(render(listing_documents.compose(kind, _matter(row), on=on)))
    found: dict[str, object] = {
        "listing": row,
        "kind": kind.value,
        "sha256": digest,
    }
    if not models.Document.objects.filter(**found).exists():
        _record(found, row, by)
    return digest


def kinds_of(state: State, *, is_own: bool) -> tuple[DocumentKind, ...]:
    """Return what can be issued about a listing in a state.

    The decision on an imported one was issued elsewhere: what was stated and answered
    there is not known here.
    """
    if state in OPEN:
        return (DocumentKind.NOTICE,)
    if state in (State.IMPORTED, State.DROPPED):
        return ()
    decision = (DocumentKind.DECISION,) if is_own else ()
    return decision if state in EFFECTIVE else (*decision, DocumentKind.REMOVAL)


def render(document: Document) -> bytes:
    """Return a document as PDF/A; the same document gives the same bytes.

    Raises:
        FontMissingError: no font to set it with.
        GlyphMissingError: the fonts lack some character of it.
    """
    mark = "示例，仅供演示" if settings.DEMO else ""
    told = json.dumps({**asdict(document), "mark": mark}, ensure_ascii=False)
    return typesetting.render(_TEMPLATE, {"document": told})


def read(*, listing: int, digest: str) -> bytes | None:
    """Return a document of a listing, null where there is none of this digest."""
    found = models.Document.objects.filter(
        listing=listing, sha256=digest, listing__erased_at=None
    )
    return fetch(digest) if found.exists() else None


def withdraw(digest: str) -> None:
    """Take a document away."""
    _path(digest).unlink(missing_ok=True)


def list_archived() -> tuple[str, ...]:
    """Return the documents' paths below the archive, sorted: for backups."""
    kept = models.Document.objects.filter(listing__erased_at=None)
    digests = kept.values_list("sha256", flat=True).distinct()
    return tuple(sorted(archived_path(each) for each in digests))


def archived_path(digest: str) -> str:
    """Return the path of a document below the archive."""
    return _path(digest).relative_to(Path(settings.ARCHIVE_DIR)).as_posix()


def _record(found: dict[str, object], row: models.Listing, by: By) -> None:
    models.Document.objects.create(
        **found, issued_by=by.actor.account_id, issued_at=by.at
    )
    ledger.append(
        kind="listing.document",
        subject=f"listing:{row.id}",
        actor=by.actor.account_id,
        body={"kind": found["kind"], "sha256": found["sha256"]},
        at=by.at,
    )


def keep(content: bytes) -> str:
    """Keep a document that was set, and return its digest."""
    digest = sha256(content).hexdigest()
    path = _path(digest)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".part")
        draft.write_bytes(content)
        draft.rename(path)
    return digest


def fetch(digest: str) -> bytes:
    """Return a document that was kept, to who may read it already."""
    return _path(digest).read_bytes()


def _path(digest: str) -> Path:
    return Path(settings.ARCHIVE_DIR) / PLACE / digest[:2] / f"{digest}.pdf"


def _matter(row: models.Listing) -> Matter:
    return Matter(
        scheme=list_schemes.scheme(row.scheme),
        organization=public_name(row.name, is_sole_proprietor=False) or row.uscc,
        code=row.uscc,
        authority=row.authority.name,
        basis=row.basis,
        facts=row.facts,
        answer=row.answer,
        decision_no=row.decision_no,
        decided_on=row.decided_on,
        expires_on=row.expires_on,
        ended_on=row.ended_on,
        end_document=row.document,
        end_reason=row.reason,
    )
