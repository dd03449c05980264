"""A unit's sheet in an assessment: items, claims, scores, appeals, the notice."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.assessments import appeals, notices, operations, queries
from xinheng.apps.assessments.operations import RoundRefusedError, Where
from xinheng.apps.assessments.queries import UnknownRoundError
from xinheng.apps.assessments.views import Line, RoundView
from xinheng.apps.cases.operations import By
from xinheng.apps.typesetting import FontMissingError, GlyphMissingError
from xinheng.apps.units import queries as units
from xinheng.core.assessments.rounds import State
from xinheng.core.assessments.scoring import Verdict
from xinheng.core.submissions.reasons import ReasonError
from xinheng.web import files
from xinheng.web.access import DeskRequest, credit_office, signed_in
from xinheng.web.desk import assessments_forms as forms
from xinheng.web.desk import assessments_words as words
from xinheng.web.desk.assessments import get_round
from xinheng.web.desk.queues import GET_OR_POST, answers

Form = forms.Entry | forms.Answer | forms.Text


@signed_in
@require_safe
def sheet(request: DeskRequest, number: int, unit: str) -> HttpResponse:
    """Show a unit's sheet, item by item."""
    return _sheet(request, number, unit)


def _sheet(
    request: DeskRequest, number: int, unit: str, *, refusal: str = ""
) -> HttpResponse:
    item, lines = get_round(request, number), _lines(request, number, unit)
    actor = request.actor
    ranking = queries.ranking(actor=actor, number=number, on=timezone.localdate())
    stands = next((each for each in ranking if each.unit_code == unit), None)
    has_notice = queries.find_notice(actor=actor, number=number, unit=unit) is not None
    is_due = stands is not None and stands.verdict is not Verdict.NEITHER
    context = {
        "item": item,
        "unit": units.get_unit(unit),
        "stands": stands,
        "verdict": words.verdict(stands.verdict) if stands else "",
        "rows": [
            (line, words.REASONS[line.score.reason], _act(request, item, unit, line))
            for line in lines
        ],
        "has_notice": has_notice,
        "may_issue": request.actor.may_decide
        and item.state is State.CLOSED
        and is_due
        and not has_notice,
        "refusal": refusal,
    }
    return render(request, "desk/assessment_sheet.html", context)


@signed_in
@GET_OR_POST
def entry(request: DeskRequest, number: int, unit: str, item: str) -> HttpResponse:
    """Claim, score, appeal or answer, whatever the reader may do with an item now."""
    found = get_round(request, number)
    line = next(
        (each for each in _lines(request, number, unit) if each.item.name == item), None
    )
    act = line and _act(request, found, unit, line)
    if line is None or not act:
        raise Http404(item)
    form = _form(request, act, line)
    where = Where(number, unit, item)
    if form.is_valid() and _done(form, lambda: _take(request, act, where, form)):
        return redirect("desk:assessment-sheet", number=number, unit=unit)
    context = {
        "item": found,
        "line": line,
        "unit": units.get_unit(unit),
        "act": act,
        "form": form,
    }
    return render(request, "desk/assessment_item.html", context)


def _act(request: DeskRequest, item: RoundView, unit: str, line: Line) -> str:
    """Return what the reader may do with an item: a word, empty for nothing."""
    is_own, decides = request.actor.may_submit_for(unit), request.actor.may_decide
    if item.state is State.OPEN and line.item.input is None:
        is_scored = line.entry is not None and line.entry.given_number is not None
        if decides:
            return "give"
        return "claim" if is_own and not is_scored else ""
    if item.state is not State.PUBLISHED:
        return ""
    if line.appeal is None:
        is_open = item.appeal_until and timezone.localdate() <= item.appeal_until
        return "appeal" if is_own and is_open else ""
    return "answer" if decides and not line.appeal.answered_on else ""


def _form(request: DeskRequest, act: str, line: Line) -> Form:
    if act in ("claim", "give"):
        return forms.Entry(answers(request), item=line.item)
    return {"appeal": forms.Text, "answer": forms.Answer}[act](answers(request))


def _take(request: DeskRequest, act: str, where: Where, form: Form) -> None:
    by, text = By(request.actor, timezone.now()), form.cleaned_data["text"]
    if isinstance(form, forms.Entry):
        if act == "claim":
            operations.claim(where=where, claimed=form.entered(), evidence=text, by=by)
        else:
            operations.give(where=where, given=form.entered(), remark=text, by=by)
    elif act == "appeal":
        appeals.file(where=where, text=text, by=by)
    else:
        points: Decimal | None = form.cleaned_data["number"]
        appeals.answer(where=where, points=points, text=text, by=by)


def _done(form: Form, act: Callable[[], None]) -> bool:
    """Act, or put into the form what is wrong with it."""
    try:
        act()
    except NotAllowedError:
        raise PermissionDenied from None
    except RoundRefusedError as refused:
        form.add_refusal(refused)
    except ReasonError as refused:
        form.add_reason_fault(refused)
    else:
        return True
    return False


@credit_office
@require_POST
def issue(request: DeskRequest, number: int, unit: str) -> HttpResponse:
    """Set the notice that follows from a unit's result."""
    _lines(request, number, unit)
    try:
        notices.issue(number=number, unit=unit, by=By(request.actor, timezone.now()))
    except RoundRefusedError as refused:
        text = str(words.REFUSALS[refused.reason])
        return _sheet(request, number, unit, refusal=text)
    except (FontMissingError, GlyphMissingError) as missing:
        text = gettext("The notice can't be set on this machine: %(why)s")
        return _sheet(request, number, unit, refusal=text % {"why": missing})
    return redirect("desk:assessment-sheet", number=number, unit=unit)


@signed_in
@require_safe
def notice(request: DeskRequest, number: int, unit: str) -> HttpResponse:
    """Send a unit's notice."""
    get_round(request, number)
    content = notices.read(actor=request.actor, number=number, unit=unit)
    if content is None:
        raise Http404
    return files.attachment(content, f"notice-{number}-{unit}.pdf", "application/pdf")


def _lines(request: DeskRequest, number: int, unit: str) -> tuple[Line, ...]:
    try:
        return queries.sheet(
            actor=request.actor, number=number, unit=unit, on=timezone.localdate()
        )
    except UnknownRoundError:
        raise Http404 from None
