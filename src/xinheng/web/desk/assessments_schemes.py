"""Schemes of assessment at the desk: read, tried on past months, adopted."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from xinheng.apps.assessments import queries, schemes
from xinheng.apps.assessments.queries import MonthsError
from xinheng.apps.assessments.schemes import (
    SchemeTakenError,
    SecondPersonError,
    UnknownSchemeError,
)
from xinheng.apps.assessments.views import SchemeView, Standing
from xinheng.apps.cases.operations import By
from xinheng.core.assessments.rounds import Refusal
from xinheng.rulebook import assessments as rulebook
from xinheng.web.access import DeskRequest, credit_office
from xinheng.web.desk import assessments_words as words
from xinheng.web.desk.assessments_forms import Months


@credit_office
@require_safe
def one(request: DeskRequest, scheme: int) -> HttpResponse:
    """Show a scheme; with months, what it would have given for them."""
    return _show(request, _scheme(scheme))


@credit_office
@require_POST
def propose(request: DeskRequest, name: str) -> HttpResponse:
    """Take a shipped scheme up, so that it can be tried and adopted."""
    shipped = next((each for each in rulebook.schemes() if each.name == name), None)
    if shipped is None:
        raise Http404(name)
    try:
        number = schemes.propose(scheme=shipped, by=By(request.actor, timezone.now()))
    except SchemeTakenError:  # the list shows the one that bears its name
        return redirect("desk:assessments")
    return redirect("desk:assessment-scheme", scheme=number)


@credit_office
@require_POST
def adopt(request: DeskRequest, scheme: int) -> HttpResponse:
    """Adopt a scheme as the second person."""
    found = _scheme(scheme)
    try:
        schemes.adopt(scheme=scheme, by=By(request.actor, timezone.now()))
    except SecondPersonError:
        refusal = _("Who proposed the scheme can't adopt it. A second person has to.")
        return _show(request, found, refusal=str(refusal))
    return redirect("desk:assessment-scheme", scheme=scheme)


def _show(
    request: DeskRequest, found: SchemeView, *, refusal: str = ""
) -> HttpResponse:
    form = Months(request.GET if "first" in request.GET else None)
    rows = _simulated(request, form, found) if form.is_valid() else ()
    context = {
        "found": found,
        "scheme": found.scheme,
        "blocks": [
            (block, [(item, words.KINDS[item.kind]) for item in block.items])
            for block in found.scheme.blocks
        ],
        "form": form,
        "rows": [(each, words.verdict(each.verdict)) for each in rows],
        "refusal": refusal,
        "is_own": found.proposed_by == request.actor.account_id,
    }
    return render(request, "desk/assessments_scheme.html", context)


def _simulated(
    request: DeskRequest, form: Months, found: SchemeView
) -> tuple[Standing, ...]:
    today = timezone.localdate()
    told = form.cleaned_data
    try:
        months = queries.months_past(told["first"], told["last"], on=today)
    except MonthsError:
        form.add_refusal(Refusal.PERIOD)
        return ()
    return queries.simulate(
        actor=request.actor, scheme=found.scheme, months=months, on=today
    )


def _scheme(number: int) -> SchemeView:
    try:
        return queries.get_scheme(number)
    except UnknownSchemeError:
        raise Http404 from None
