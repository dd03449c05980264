"""What the signed-in person did, act by act, each with its receipt."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from xinheng.apps.ledger import acts as ledger_acts
from xinheng.apps.ledger import receipt_codes
from xinheng.apps.ledger.queries import EntryView, UnknownEntryError
from xinheng.web.access import DeskRequest, with_account
from xinheng.web.act_words import words


@dataclass(frozen=True, slots=True)
class Act:
    """An act in words; `code` is null once its content is erased."""

    entry: EntryView
    what: str
    code: str | None


@with_account
@require_safe
def acts(request: DeskRequest) -> HttpResponse:
    """List acts, the latest first."""
    text = request.GET.get("before", "")
    before = (
        int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None
    )
    found = ledger_acts.list_acts(reader=request.actor, before=before)
    context = {
        "acts": [
            Act(entry, words(entry.kind), receipt_codes.code_of(entry))
            for entry in found
        ],
        "is_all": request.actor.sees_all_units,
        "before": before,
        "next": found[-1].seq if len(found) == ledger_acts.MOST else None,
    }
    return render(request, "desk/acts.html", context)


@with_account
@require_safe
def act(request: DeskRequest, seq: int) -> HttpResponse:
    """Lead to the receipt of one act that the reader may see."""
    try:
        entry = ledger_acts.get_act(reader=request.actor, seq=seq)
    except UnknownEntryError:
        raise Http404 from None
    code = receipt_codes.code_of(entry)
    if code is None:
        raise Http404
    return redirect("portal:receipt", code=code)
