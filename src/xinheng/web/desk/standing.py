"""The look-up for officials: what must I do, what may I consider, until when."""

from __future__ import annotations

import json
from datetime import date
from types import SimpleNamespace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.standing import operations
from xinheng.apps.standing.operations import Question
from xinheng.core.measures.measures import Mode
from xinheng.rulebook import measures as rulebook
from xinheng.web.access import DeskRequest, signed_in
from xinheng.web.desk import forms_measures
from xinheng.web.desk.queues import GET_OR_POST, answers


@signed_in
@GET_OR_POST
def look_up(request: DeskRequest) -> HttpResponse:
    """Ask for an organization and a matter; answer, after the use was logged."""
    try:
        asker = operations.asker_of(request.actor)
    except NotAllowedError:
        raise PermissionDenied from None
    form = forms_measures.LookUp(answers(request))
    if not form.is_valid():
        return render(request, "desk/standing.html", {"form": form})
    at, asked = timezone.now(), form.cleaned_data
    then = form.asked(at=at)
    on = then.on if then else timezone.localdate(at)
    size = then.ledger_size if then and asked["known_at"] else None
    told = json.loads(
        operations.look_up(
            asker=asker,
            code=asked["code"],
            question=Question(asked["matter"], asked["purpose"], on, size),
            at=at,
            with_facts=True,
        ),
        object_hook=_read,
    )
    context = {
        "told": told,
        "matter": rulebook.rules().matters[asked["matter"]],
        "purpose": asked["purpose"],
        "then": then,
        **_by_mode(told),
    }
    return render(request, "desk/standing_answer.html", context)


def _read(pairs: dict[str, Any]) -> SimpleNamespace:
    """Return a JSON object as the templates read it, its days as days."""
    days = {
        name: date.fromisoformat(pairs[name])
        for name in ("effective_on", "expires_on", "decided_on", "until")
        if pairs.get(name)
    }
    return SimpleNamespace(**pairs | days)


def _by_mode(told: SimpleNamespace) -> dict[str, list[SimpleNamespace]]:
    """Return what must be done, what may be considered, and what others decide."""
    measures = getattr(told, "measures", [])
    return {
        mode.value: [each for each in measures if each.mode == mode] for mode in Mode
    }
