"""Deciding at the desk: rows in question, one by one or several for one reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.intake import deciding, queues
from xinheng.apps.intake.deciding import Choice, UndecidableError
from xinheng.apps.organizations import suggestions
from xinheng.web import paging
from xinheng.web.access import DeskRequest, signed_in
from xinheng.web.desk import forms_queues, queues_words, verdicts, workbench_words
from xinheng.web.desk.forms_queues import ACCEPT, SEND_BACK, TAKE_OVER
from xinheng.web.desk.queues import (
    GET_OR_POST,
    answers,
    asked_for,
    back,
    choices,
    ticked,
)


@signed_in
@GET_OR_POST
def questionable(request: DeskRequest) -> HttpResponse:
    """List the rows in question; the credit office decides on several at once."""
    rules = queues.list_rules(actor=request.actor)
    narrowing = asked_for(request, rules=rules)
    page = queues.list_questionable(
        actor=request.actor, narrowing=narrowing, page=paging.number(request)
    )
    decidable = [row.id for row in page.items if not row.is_own]
    form = forms_queues.Decision(_decision(request), shown=decidable)
    if form.is_valid() and _decide(request.actor, form, form.cleaned_data["rows"]):
        done = form.cleaned_data["choice"]
        return back(request, "desk:queue-questionable", done=done)
    context = {
        "page": page,
        "rows": ticked(page.items, form),
        "form": form,
        "rules": verdicts.rules(dict.fromkeys(rules, 0)),
        **choices(request, narrowing),
    }
    return render(request, "desk/queues_questionable.html", context)


@signed_in
@GET_OR_POST
def row(request: DeskRequest, row: int) -> HttpResponse:
    """Show a row with all that is known about it, and take a decision on it."""
    language = get_language() or "zh-hans"
    try:
        item = queues.get_row(actor=request.actor, row=row, language=language)
    except queues.UnknownRowError as unknown:
        raise Http404(str(unknown)) from None
    form = forms_queues.Choice(_decision(request), choices=_offered(item))
    if form.is_valid() and _decide(request.actor, form, [row]):
        done = form.cleaned_data["choice"]
        return redirect(f"{reverse('desk:queue-row', args=[row])}?done={done}")
    context = {
        "item": item,
        "title": verdicts.title(item.row.dataset),
        "form": form,
        "may_decide": _may_decide(request.actor, item),
        "done": request.GET.get("done", ""),
        **_suggested(item),
    }
    return render(request, "desk/queues_row.html", context)


def _suggested(item: queues.RowInFull) -> dict[str, object]:
    """Return what the code and name of a row without an organization may mean."""
    if item.row.reason != "unlinked":
        return {}
    found = suggestions.suggest(code=item.row.code, name=item.row.name)
    return {
        "may_suggest": True,
        "is_ready": found.is_ready,
        "suggestions": workbench_words.suggestions(found),
    }


def _decision(request: DeskRequest) -> QueryDict | None:
    """Return what was decided; null where the page is only looked at."""
    if request.method == "POST" and not request.actor.may_decide:
        raise PermissionDenied
    return answers(request)


def _offered(item: queues.RowInFull) -> list[tuple[str, object]]:
    """Return what can be decided on this row."""
    if item.row.reason == "unlinked":
        possible = [SEND_BACK]
    elif item.is_foreign:
        possible = [SEND_BACK, TAKE_OVER]
    else:
        possible = [ACCEPT, SEND_BACK]
    return [(each, forms_queues.DECISIONS[each]) for each in possible]


def _may_decide(actor: Actor, item: queues.RowInFull) -> bool:
    is_open = not item.row.decision and item.row.closed_by is None
    return actor.may_decide and not item.row.is_own and is_open


def _decide(actor: Actor, form: Form, rows: list[int]) -> bool:
    """Decide as the form says; tell the form and return False where that can't be."""
    act = _ACTS[form.cleaned_data["choice"]]
    choice = Choice(rows, actor, form.cleaned_data["reason"])
    try:
        act(choice, at=timezone.now())
    except NotAllowedError:
        raise PermissionDenied from None
    except UndecidableError as error:
        form.add_error(None, str(queues_words.UNDECIDABLE[error.code]))
        return False
    return True


def _take_over(choice: Choice, *, at: datetime) -> object:
    [row] = choice.rows
    return deciding.take_over(row=row, actor=choice.actor, reason=choice.reason, at=at)


_ACTS: dict[str, Callable[..., object]] = {
    ACCEPT: deciding.accept,
    SEND_BACK: deciding.send_back,
    TAKE_OVER: _take_over,
}
