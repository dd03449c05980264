"""Activation letters at the desk: printed by the credit office, shown once."""

from __future__ import annotations

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.agents import operations as agents
from xinheng.apps.agents import queries
from xinheng.apps.organizations import queries as organizations
from xinheng.apps.organizations.mergers import UnknownOrganizationError
from xinheng.core.identifiers import uscc as codes
from xinheng.web import redress_words
from xinheng.web.access import DeskRequest, credit_office
from xinheng.web.desk.queues import GET_OR_POST, answers


class Issue(forms.Form):
    """For whom a letter is printed."""

    use_required_attribute = False
    uscc = forms.CharField(
        label=_("Unified code of the organization"),
        max_length=40,
        error_messages={"required": _("Enter the code of the organization.")},
        widget=forms.TextInput(attrs={"class": "code", "autocomplete": "off"}),
    )

    def clean_uscc(self) -> str:
        """Return the code as the register writes it."""
        return codes.normalize(self.cleaned_data["uscc"])


@credit_office
@GET_OR_POST
def index(request: DeskRequest) -> HttpResponse:
    """List letters and agents, and print a letter, which is shown this once."""
    form = Issue(answers(request))
    if form.is_valid() and (letter := _issue(request, form)):
        found = organizations.get_public(letter.uscc)
        context = {"letter": letter, "organization": found}
        return render(request, "desk/agents_letter.html", context)
    rows = [
        (each, redress_words.ROLES.get(each.role, ""))
        for each in queries.list_letters(actor=request.actor)
    ]
    return render(request, "desk/agents.html", {"form": form, "rows": rows})


@credit_office
@require_POST
def end(request: DeskRequest, mandate: int) -> HttpResponse:
    """End an agent's mandate from today on."""
    try:
        agents.end_mandate(mandate=mandate, actor=request.actor, at=timezone.now())
    except (NotAllowedError, queries.UnknownLetterError):
        raise PermissionDenied from None
    return redirect("desk:agents")


def _issue(request: DeskRequest, form: Issue) -> agents.Letter | None:
    uscc = form.cleaned_data["uscc"]
    try:
        return agents.issue_letter(uscc=uscc, actor=request.actor, at=timezone.now())
    except UnknownOrganizationError:
        text = _("The register holds no organization under this code.")
        form.add_error("uscc", str(text))
    return None
