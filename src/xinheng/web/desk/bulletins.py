"""The bulletin at the desk: which months are out, what waits, and issuing one."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from xinheng.apps.statistics import briefs, issuing, queries
from xinheng.apps.statistics.issuing import IssueView
from xinheng.core.catalog import periods
from xinheng.web import paging
from xinheng.web.access import DeskRequest, credit_office, signed_in
from xinheng.web.desk import bulletins_words as words
from xinheng.web.desk.queues import GET_OR_POST, answers

MONTHS = 12


class Lines(forms.Form):
    """What an issue bears besides its content."""

    use_required_attribute = False
    contact = forms.CharField(
        label=_("Contact line"),
        help_text=_("Office and telephone, no names of persons. May be empty."),
        required=False,
    )
    distribution = forms.CharField(
        label=_("Distribution line"),
        help_text=_("To whom it is sent. May be empty."),
        required=False,
    )


@dataclass(frozen=True, slots=True)
class Month:
    """A month with its last issue, null where none is out."""

    period: str
    issue: IssueView | None


@signed_in
@require_safe
def index(request: DeskRequest) -> HttpResponse:
    """List briefs and, for the credit office, the months and their issues."""
    page = briefs.list_briefs(actor=request.actor, page=paging.number(request))
    context = {
        "page": page,
        "rows": [(each, *words.STATES[each.state]) for each in page.items],
        "months": _months() if request.actor.may_decide else [],
        "may_write": bool(request.actor.units) or request.actor.may_decide,
        "done": request.GET.get("done", ""),
    }
    return render(request, "desk/bulletins.html", context)


def _months() -> list[Month]:
    """Return the months that are over, with data or an issue, the latest first."""
    last: dict[str, IssueView] = {}
    for each in issuing.list_issues():
        last.setdefault(each.period, each)
    this_month = periods.of(timezone.localdate())
    over = {month for month in queries.months_with_records() if month < this_month}
    shown = sorted(over | set(last), reverse=True)[:MONTHS]
    return [Month(period, last.get(period)) for period in shown]


@credit_office
@GET_OR_POST
def issue(request: DeskRequest, period: str) -> HttpResponse:
    """Show what an issue would say, and publish it."""
    try:
        month = periods.parse(period)
    except periods.InvalidPeriodError:
        raise Http404(period) from None
    form = Lines(answers(request), initial=_last_lines())
    if form.is_valid() and (issued := _issue(request, month, form)):
        return redirect("portal:bulletin", year=issued.year, number=issued.number)
    earlier = issuing.find_issue(period=month)
    context = {
        "form": form,
        "period": month,
        "table": queries.table(period=month),
        "earlier": earlier,
        "has_changed": issuing.has_changed(period=month),
        "waiting": briefs.count_waiting(actor=request.actor, period=month),
    }
    return render(request, "desk/bulletin_issue.html", context)


def _last_lines() -> dict[str, str]:
    """Return the lines of the last issue, which mostly stay."""
    issues = issuing.list_issues()
    if not issues:
        return {}
    return {"contact": issues[0].contact, "distribution": issues[0].distribution}


def _issue(request: DeskRequest, period: str, form: Lines) -> IssueView | None:
    try:
        return issuing.issue(
            period=period,
            actor=request.actor,
            at=timezone.now(),
            contact=form.cleaned_data["contact"],
            distribution=form.cleaned_data["distribution"],
        )
    except issuing.IssueRefusedError as refused:
        form.add_error(None, str(words.ISSUE[refused.refusal]))
        return None
