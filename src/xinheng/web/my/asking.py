"""What the organization's pages share: whom it is about, and what was sent."""

from __future__ import annotations

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, QueryDict
from django.utils import timezone

from xinheng.apps.agents import queries as agents
from xinheng.apps.agents.queries import Acting
from xinheng.apps.cases.operations import By
from xinheng.apps.evidence import operations as evidence
from xinheng.core.evidence.faults import EvidenceError
from xinheng.web.access import DeskRequest
from xinheng.web.desk.evidence import refuse


def acting(request: DeskRequest, uscc: str) -> Acting:
    """Return the organization of the address that the reader acts for.

    Raises:
        Http404: the reader doesn't act for it, or it isn't there.
    """
    known = agents.list_acting(actor=request.actor, on=timezone.localdate())
    for each in known:
        if each.uscc == uscc:
            return each
    raise Http404(uscc)


def by(request: DeskRequest, *, reason: str = "", outcome: str = "") -> By:
    """Return who acts, now."""
    return By(request.actor, timezone.now(), reason, outcome)


def sent(request: HttpRequest) -> QueryDict | None:
    """Return what was sent; null where the page is only looked at."""
    return request.POST if request.method == "POST" else None


def store_files(
    request: DeskRequest, form: forms.Form, field: str
) -> tuple[str, ...] | None:
    """Keep the files of a field; tell the form and return null where one can't be."""
    given: list[UploadedFile[bytes]] = form.cleaned_data[field]
    digests = []
    for file in given:
        try:
            ref = evidence.store(
                content=file.read(),
                name=file.name or "",
                actor=request.actor.account_id,
                at=timezone.now(),
            )
        except EvidenceError as error:
            refuse(form, field, error)
            return None
        digests.append(ref.digest)
    return tuple(digests)
