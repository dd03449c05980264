"""Special campaigns at the desk: what runs, whom it deals with, how it is closed."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.campaigns import operations, queries
from xinheng.apps.campaigns.operations import CampaignRefusedError, NewTarget
from xinheng.apps.campaigns.queries import CampaignView
from xinheng.apps.cases.operations import By
from xinheng.apps.organizations.mergers import UnknownOrganizationError
from xinheng.apps.units import queries as units
from xinheng.rulebook import campaigns as rulebook
from xinheng.web import campaigns_words as words
from xinheng.web import paging
from xinheng.web.access import DeskRequest, credit_office, signed_in
from xinheng.web.desk import campaigns_forms as forms
from xinheng.web.desk.queues import GET_OR_POST, answers
from xinheng.web.templatetags.xinheng import local


@signed_in
@require_safe
def index(request: DeskRequest) -> HttpResponse:
    """List the campaigns that the reader's units have a part in."""
    found = queries.list_campaigns(actor=request.actor)
    context = {
        "rows": [(each, *words.STATES[each.state]) for each in found],
        "known": rulebook.campaigns(),
    }
    return render(request, "desk/campaigns.html", context)


@credit_office
@GET_OR_POST
def new(request: DeskRequest) -> HttpResponse:
    """Open a campaign."""
    topics = rulebook.campaigns().topics
    offered = [(topic.name, local(topic, "title")) for topic in topics]
    form = forms.Open(answers(request), topics=offered, units=unit_choices())
    if form.is_valid():
        announced = {topic.name: topic.title for topic in topics}
        try:
            made = operations.open_campaign(
                plan=form.plan(announced),
                topic=form.cleaned_data["topic"],
                lead=form.cleaned_data["lead"],
                by=By(request.actor, timezone.now()),
            )
        except CampaignRefusedError as refused:
            form.refuse(refused)
        else:
            return redirect("desk:campaign", campaign=made)
    return render(request, "desk/campaign_new.html", {"form": form})


@signed_in
@GET_OR_POST
def one(request: DeskRequest, campaign: int) -> HttpResponse:
    """Show a campaign with its targets, and take its end."""
    item = _get(request, campaign)
    form = forms.Close(answers(request))
    may_close = item.may_run or item.may_confirm
    if may_close and form.is_valid() and _close(request, item, form):
        return redirect(f"{reverse('desk:campaign', args=[campaign])}?done=1")
    page = queries.list_targets(
        actor=request.actor, campaign=campaign, page=paging.number(request)
    )
    title, tone = words.STATES[item.state]
    context = {
        "item": item,
        "state": title,
        "tone": tone,
        "page": page,
        "rows": [(each, *words.STATES[each.state]) for each in page.items],
        "form": form if may_close else None,
        "done": request.GET.get("done", ""),
    }
    return render(request, "desk/campaign.html", context)


@signed_in
@GET_OR_POST
def add(request: DeskRequest, campaign: int) -> HttpResponse:
    """Put an organization on the campaign's list."""
    item = _get(request, campaign)
    if not item.may_run:
        raise PermissionDenied
    form = forms.AddTarget(answers(request), units=unit_choices())
    if form.is_valid() and _add(request, item, form):
        return redirect("desk:campaign", campaign=campaign)
    return render(request, "desk/target_new.html", {"form": form, "item": item})


def unit_choices() -> list[tuple[str, str]]:
    """Return the units of today by code, with their names."""
    known = units.list_units(timezone.localdate())
    return [(each.code, local(each, "name")) for each in known]


def _get(request: DeskRequest, campaign: int) -> CampaignView:
    try:
        return queries.get_campaign(actor=request.actor, campaign=campaign)
    except queries.UnknownCampaignError as unknown:
        raise Http404(str(unknown)) from None


def _add(request: DeskRequest, item: CampaignView, form: forms.AddTarget) -> bool:
    told = form.cleaned_data
    target = NewTarget(told["uscc"], told["unit"], told["note"], told["document_no"])
    try:
        operations.add_target(
            campaign=item.id, target=target, by=By(request.actor, timezone.now())
        )
    except CampaignRefusedError as refused:
        form.refuse(refused)
    except UnknownOrganizationError as unknown:
        text = _("The register holds no organization under %(code)s.")
        form.add_error("uscc", str(text) % {"code": unknown.code})
    else:
        return True
    return False


def _close(request: DeskRequest, item: CampaignView, form: forms.Close) -> bool:
    by = By(request.actor, timezone.now())
    try:
        if "confirm" in request.POST:
            operations.confirm_closing(campaign=item.id, by=by)
        else:
            number = form.cleaned_data["document_no"]
            operations.propose_closing(campaign=item.id, document_no=number, by=by)
    except NotAllowedError:
        raise PermissionDenied from None
    except CampaignRefusedError as refused:
        form.refuse(refused)
        return False
    return True
