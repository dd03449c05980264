"""Notices, decisions and removals at the desk: issued, and fetched as PDF."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.listings import documents, queries
from xinheng.apps.listings.documents import NotNowError
from xinheng.apps.listings.operations import By
from xinheng.apps.typesetting import FontMissingError, GlyphMissingError
from xinheng.rulebook.listing_documents import DocumentKind, MissingBlockError
from xinheng.web import files
from xinheng.web.access import DeskRequest, signed_in

KINDS = {kind.value.lower(): kind for kind in DocumentKind}


@signed_in
@require_POST
def issue(request: DeskRequest, number: int, kind: str) -> HttpResponse:
    """Issue a document and lead to it; say what it lacks where it can't be set."""
    _require_seen(request, number)
    by = By(request.actor, timezone.now())
    try:
        digest = documents.issue(listing=number, kind=_kind(kind), by=by)
    except NotAllowedError:
        raise PermissionDenied from None
    except NotNowError:
        raise Http404(kind) from None
    except (MissingBlockError, FontMissingError, GlyphMissingError) as fault:
        context = {"number": number, **_explain(fault)}
        return render(request, "desk/listing_no_document.html", context, status=409)
    return redirect(reverse("desk:listing-document", args=[number, digest]))


@signed_in
@require_safe
def download(request: DeskRequest, number: int, digest: str) -> HttpResponse:
    """Hand out a document that was issued."""
    _require_seen(request, number)
    content = documents.read(listing=number, digest=digest)
    if content is None:
        raise Http404(digest)
    return files.attachment(content, f"{number}-{digest[:8]}.pdf", "application/pdf")


def _require_seen(request: DeskRequest, number: int) -> None:
    on = timezone.localdate()
    try:
        queries.get_listing(actor=request.actor, listing=number, on=on)
    except queries.UnknownListingError:
        raise Http404(str(number)) from None


def _kind(asked: str) -> DocumentKind:
    if asked not in KINDS:
        raise Http404(asked)
    return KINDS[asked]


def _explain(fault: Exception) -> dict[str, object]:
    return {
        "fault": fault,
        "block": getattr(fault, "block", ""),
        "characters": getattr(fault, "characters", ""),
    }
