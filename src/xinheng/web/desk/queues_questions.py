"""Questions about submissions and publication holds, answered by the credit office."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.intake import questions
from xinheng.apps.records import publication
from xinheng.web import paging
from xinheng.web.access import DeskRequest, credit_office, signed_in
from xinheng.web.desk import forms_queues, queues_words, verdicts
from xinheng.web.desk.queues import GET_OR_POST, answers


@signed_in
@require_safe
def index(request: DeskRequest) -> HttpResponse:
    """List the questions that wait for an answer, or those that have one."""
    answered = request.GET.get("answered") == "1"
    page = questions.list_questions(
        actor=request.actor, answered=answered, page=paging.number(request)
    )
    rows = [
        (
            item,
            verdicts.title(item.dataset),
            queues_words.doubt(item.rule, item.details),
        )
        for item in page.items
    ]
    context = {
        "page": page,
        "rows": rows,
        "answered": answered,
        "done": request.GET.get("done", ""),
    }
    return render(request, "desk/queues_questions.html", context)


@credit_office
@GET_OR_POST
def question(request: DeskRequest, question: int) -> HttpResponse:
    """Show a question and take its answer."""
    try:
        item = questions.get_question(actor=request.actor, question=question)
    except questions.UnknownQuestionError as unknown:
        raise Http404(str(unknown)) from None
    choices = forms_queues.ANSWERS.items()
    form = forms_queues.Choice(answers(request), choices=choices)
    if form.is_valid():
        try:
            questions.answer(
                question=question,
                actor=request.actor,
                answer=form.cleaned_data["choice"],
                reason=form.cleaned_data["reason"],
                at=timezone.now(),
            )
        except NotAllowedError:
            raise PermissionDenied from None
        except questions.AnsweredError:
            form.add_error(None, _("Somebody answered already."))
        else:
            return redirect(f"{reverse('desk:questions')}?done=answered")
    context = {
        "item": item,
        "title": verdicts.title(item.dataset),
        "text": queues_words.doubt(item.rule, item.details),
        "form": form,
    }
    return render(request, "desk/queues_question.html", context)


@credit_office
@require_safe
def holds(request: DeskRequest) -> HttpResponse:
    """List what is withheld from the public, and what was let pass lately."""
    context = {
        "open": _with_texts(publication.list_holds()),
        "ended": _with_texts(publication.list_holds(ended=True)),
        "done": request.GET.get("done", ""),
    }
    return render(request, "desk/queues_holds.html", context)


def _with_texts(
    items: tuple[publication.HoldView, ...],
) -> list[tuple[publication.HoldView, str, queues_words.DoubtText]]:
    return [
        (
            item,
            verdicts.title(item.dataset),
            queues_words.doubt(item.rule, item.details),
        )
        for item in items
    ]


@credit_office
@GET_OR_POST
def hold(request: DeskRequest, hold: int) -> HttpResponse:
    """Show a publication hold and let it pass."""
    try:
        item = publication.get_hold(hold)
    except publication.UnknownHoldError as unknown:
        raise Http404(str(unknown)) from None
    form = forms_queues.Reason(answers(request))
    if form.is_valid():
        try:
            publication.let_pass(
                hold=hold,
                actor=request.actor,
                reason=form.cleaned_data["reason"],
                at=timezone.now(),
            )
        except publication.HoldEndedError:
            form.add_error(None, _("Somebody let it pass already."))
        else:
            return redirect(f"{reverse('desk:holds')}?done=passed")
    context = {
        "item": item,
        "title": verdicts.title(item.dataset),
        "text": queues_words.doubt(item.rule, item.details),
        "form": form,
    }
    return render(request, "desk/queues_hold.html", context)
