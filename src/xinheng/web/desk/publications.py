"""The credit office states the class of a penalty, and another person confirms it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from xinheng.apps.disclosures import queries
from xinheng.apps.disclosures.operations import Claim, DisclosureRefusedError, Refused
from xinheng.apps.records import classing
from xinheng.apps.records.recent import Recent
from xinheng.core.disclosures.facts import Severity, Trait
from xinheng.core.disclosures.visibility import Reason
from xinheng.core.identifiers import uscc as codes_of
from xinheng.core.submissions import reasons
from xinheng.core.submissions.reasons import ReasonError
from xinheng.web.access import DeskRequest, credit_office
from xinheng.web.desk.forms import Confirm
from xinheng.web.desk.forms_queues import FAULTS, Radios
from xinheng.web.desk.queues import GET_OR_POST, answers
from xinheng.web.portal import codes

TERM = "term"
CLAIMS: dict[str, Any] = {
    Severity.MINOR: _("Class: minor"),
    Severity.ORDINARY: _("Class: ordinary"),
    Severity.SERIOUS: _("Class: serious"),
    Trait.CLASSIFIED: _("It is classified: never published"),
    Trait.SUMMARY_PROCEDURE: _("Decided in the summary procedure"),
    Trait.WARNING_ONLY: _("A warning and nothing else"),
    Trait.CRITICISM_ONLY: _("Criticism in a notice and nothing else"),
    Trait.SAFETY: _("It concerns food, drugs, special equipment, work safety or fire"),
    TERM: _("Another law sets the term"),
}
REASONS: dict[str, Any] = {
    Reason.CLASS: _("the catalog does not make it public"),
    Reason.HIDDEN: _("personal data in it were reported"),
    Reason.ADVERSE: _("no lawyer has adopted the rulebook"),
    Reason.ENDED: _("its publication ended before its term"),
    Reason.NOT_YET: _("its day lies ahead"),
    Reason.WITHHELD: _("the unit's counts jumped, and nobody has let them pass"),
    Reason.NEVER_PUBLISHED: _("decisions of this kind are never published"),
    Reason.MINOR: _("the rules in force do not publish minor ones"),
    Reason.UNCLASSIFIED: _("its class is not known"),
    Reason.NO_TERM: _("no rule says until when"),
    Reason.OVER: _("its term is over"),
}
REFUSALS: dict[Refused, Any] = {
    Refused.SAME_PERSON: _("Whoever stated it can't confirm it: ask another person."),
    Refused.CONFIRMED: _("Somebody has confirmed it meanwhile."),
}


class State(forms.Form):
    """What is stated about a penalty, and the text that it rests on."""

    use_required_attribute = False
    what = forms.ChoiceField(
        label=_("What is stated"),
        choices=list(CLAIMS.items()),
        widget=Radios,
        error_messages={"required": _("Select one of them.")},
    )
    until = forms.DateField(
        label=_("First day on which it is not published any more"),
        help_text=_("Only where another law sets the term. Such as 2029-06-04."),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.TextInput(attrs={"class": "short", "autocomplete": "off"}),
        error_messages={"invalid": _("Enter a day such as 2019-06-04.")},
    )
    citation = forms.CharField(
        label=_("Text that it rests on, with its article"),
        help_text=_("It is kept in the ledger. Name no natural persons."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean_citation(self) -> str:
        """Refuse words that say nothing, or something about a person."""
        try:
            return reasons.require(self.cleaned_data["citation"])
        except ReasonError as error:
            raise forms.ValidationError(str(FAULTS[error.fault])) from None

    def clean(self) -> None:
        """Ask for the day of a term, and for none otherwise."""
        told = self.cleaned_data
        if told.get("what") == TERM and "until" in told and not told["until"]:
            self.add_error("until", str(_("Enter the day.")))

    def claim(self) -> Claim:
        """Return what is stated; the form must be valid."""
        told = self.cleaned_data
        what, text = told["what"], told["citation"]
        if what == TERM:
            return Claim(text, until=told["until"])
        if what in set(Severity):
            return Claim(text, severity=Severity(what))
        return Claim(text, trait=Trait(what))


@credit_office
@require_safe
def index(request: DeskRequest) -> HttpResponse:
    """Show what waits for a second person, and penalties without a class."""
    on, asked = timezone.localdate(), request.GET.get("uscc", "").strip()
    code = codes_of.normalize(asked) if asked else ""
    is_clean = not codes.is_personal(code)
    listed = (
        classing.list_of(actor=request.actor, uscc=code, on=on)
        if code and is_clean
        else ()
    )
    unclassified = classing.list_unclassified(actor=request.actor, on=on)
    context = {
        "waiting": _named(queries.list_statements(actor=request.actor)),
        "unclassified": [_explained(each) for each in unclassified],
        "asked": code if is_clean else "",
        "found": [_explained(each) for each in listed],
        "done": request.GET.get("done", ""),
    }
    return render(request, "desk/publications.html", context)


@credit_office
@GET_OR_POST
def one(request: DeskRequest, uscc: str, key: str) -> HttpResponse:
    """Show a penalty with what was stated about it, and take a statement."""
    on = timezone.localdate()
    try:
        found = classing.get(actor=request.actor, uscc=uscc, key=key, on=on)
    except classing.UnknownPenaltyError:
        raise Http404(key) from None
    form = State(answers(request))
    if form.is_valid():
        claim = form.claim()
        classing.state(
            uscc=uscc,
            key=key,
            claim=claim,
            actor=request.actor,
            on=on,
            at=timezone.now(),
        )
        done = "stated" if claim.trait is None else "counts"
        return redirect(f"{reverse('desk:publications')}?done={done}")
    stated = queries.list_statements(actor=request.actor, key=key)
    context = {"form": form, "stated": _named(stated)}
    context["item"], context["why"] = _explained(found)
    return render(request, "desk/publication.html", context)


@credit_office
@GET_OR_POST
def confirm(request: DeskRequest, statement: int) -> HttpResponse:
    """Confirm a class or a term as another person."""
    waiting = queries.list_statements(actor=request.actor)
    found = next((each for each in waiting if each.id == statement), None)
    if found is None:
        raise Http404(str(statement))
    form = Confirm(answers(request))
    if form.is_valid():
        try:
            classing.confirm(statement=found, actor=request.actor, at=timezone.now())
            return redirect(f"{reverse('desk:publications')}?done=confirmed")
        except DisclosureRefusedError as refused:
            form.add_error("confirmed", str(REFUSALS[refused.reason]))
    context = {"form": form, "item": found, "what": _named([found])[0][1]}
    return render(request, "desk/publication_confirm.html", context)


def _named(stated: Any) -> list[tuple[queries.StatementView, Any]]:
    """Return statements, each with what it says."""
    return [(each, CLAIMS[each.severity or each.trait or TERM]) for each in stated]


def _explained(found: Recent) -> tuple[Recent, Any]:
    reason = found.record.state.reason
    return found, REASONS.get(reason, reason) if reason else None
