"""Notices, decisions and removals as PDF, issued once and kept by their digest."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import typst
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.listings import models, operations
from xinheng.apps.listings.operations import By
from xinheng.core.disclosures.names import public_name
from xinheng.core.listings.procedure import EFFECTIVE, OPEN, State
from xinheng.rulebook import list_schemes, listing_documents
from xinheng.rulebook.listing_documents import Document, DocumentKind, Matter

FONT = "Noto Serif CJK SC"
PLACE = "documents"
# The same bytes on every run: a PDF carries the moment of its making.
_MADE_AT = datetime(2000, 1, 1, tzinfo=UTC)
_TEMPLATE = """\
#let d = json(bytes(sys.inputs.document))
#set document(title: d.title)
#set page(paper: "a4", margin: 2.5cm, header: align(right, text(9pt, d.mark)))
#set text(font: "@FONT@", size: 12pt, lang: "zh", fallback: false)
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


class FontMissingError(RuntimeError):
    """The machine has no Chinese font to set a document with."""

    def __init__(self) -> None:
        super().__init__(f"install {FONT} (Debian: apt-get install fonts-noto-cjk)")


class NotNowError(ValueError):
    """The listing has not come to this document."""


@transaction.atomic
def issue(*, listing: int, kind: DocumentKind, by: By) -> str:
    """Set a document, keep it, and return its digest; the same twice is one document.

    Raises:
        FontMissingError: no font to set it with.
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
    content = render(listing_documents.compose(kind, _matter(row), on=on))
    digest = sha256(content).hexdigest()
    _keep(content, digest)
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
    """Return a document as PDF; the same document gives the same bytes.

    Raises:
        FontMissingError: no font to set it with.
    """
    mark = "示例，仅供演示" if settings.DEMO else ""
    told = json.dumps({**asdict(document), "mark": mark}, ensure_ascii=False)
    pdf, warnings = typst.compile_with_warnings(
        _TEMPLATE.replace("@FONT@", FONT).encode(),
        sys_inputs={"document": told},
        timestamp=_MADE_AT,
    )
    if warnings or not isinstance(pdf, bytes):
        raise FontMissingError
    return pdf


def read(*, listing: int, digest: str) -> bytes | None:
    """Return a document of a listing, null where there is none of this digest."""
    found = models.Document.objects.filter(listing=listing, sha256=digest)
    return _path(digest).read_bytes() if found.exists() else None


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


def _keep(content: bytes, digest: str) -> None:
    path = _path(digest)
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    draft.write_bytes(content)
    draft.rename(path)


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
