"""Listings at the desk: the overview, a proposal, a listing with its steps."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.listings import documents, operations, queries, schemes, surroundings
from xinheng.apps.listings.operations import By, RefusedError
from xinheng.apps.listings.queries import ListingView
from xinheng.apps.organizations import suggestions
from xinheng.core.identifiers import uscc
from xinheng.core.listings.completeness import Lack
from xinheng.core.listings.procedure import Event, Measures, step
from xinheng.core.listings.schemes import Scheme
from xinheng.rulebook import list_schemes
from xinheng.rulebook.listing_documents import DocumentKind
from xinheng.web import paging
from xinheng.web.access import DeskRequest, signed_in
from xinheng.web.desk import listings_forms, listings_words, workbench_words
from xinheng.web.desk.queues import GET_OR_POST
from xinheng.web.desk.workbench import unit_names

# What an event's page is called in its address.
SLUGS = {event.value.lower().replace("_", "-"): event for event in Event}


@signed_in
@require_safe
def index(request: DeskRequest) -> HttpResponse:
    """List what is in procedure, in force or ended, the nearest clock first."""
    require_reader(request)
    stage = request.GET.get("stage", "open")
    stage = stage if stage in queries.STAGES else "open"
    page = queries.list_listings(
        actor=request.actor,
        stage=stage,
        on=timezone.localdate(),
        page=paging.number(request),
    )
    counted = queries.count_by_stage(request.actor)
    context = {
        "page": page,
        "rows": [(each, listings_words.STATES[each.state]) for each in page.items],
        "stage": stage,
        "stages": [
            (name, text, counted[name]) for name, text in listings_words.STAGES.items()
        ],
        "today": timezone.localdate(),
    }
    return render(request, "desk/listings.html", context)


@signed_in
@require_safe
def choose(request: DeskRequest) -> HttpResponse:
    """Ask which list an organization is to be proposed for."""
    offered = [
        (each, listings_words.KINDS[each.kind])
        for each in schemes.list_in_use(on=timezone.localdate())
        if request.actor.lists_for & set(each.authorities)
    ]
    if not request.actor.lists_for:
        raise PermissionDenied
    return render(request, "desk/listings_choose.html", {"offered": offered})


@signed_in
@GET_OR_POST
def propose(request: DeskRequest, scheme: str) -> HttpResponse:
    """Ask whom, on what basis and why, and take the proposal."""
    found = _scheme(scheme)
    names = unit_names()
    own = sorted(request.actor.lists_for & set(found.authorities))
    if not own:
        raise PermissionDenied
    form = listings_forms.Propose(
        request.POST if request.method == "POST" else None,
        bases=[(text, text) for text in surroundings.bases_of(found)],
        authorities=[(code, names.get(code, code)) for code in own],
    )
    if form.is_valid() and (number := _proposed(request, found, form)):
        return _to(number, "propose")
    context = {"scheme": found, "form": form, "suggestions": _suggestions(form)}
    return render(request, "desk/listings_propose.html", context)


@signed_in
@require_safe
def one(request: DeskRequest, number: int) -> HttpResponse:
    """Show a listing: its steps as a list of tasks, and what happened so far."""
    item = _item(request, number)
    offered = queries.events_open_to(request.actor, item)
    context = {
        "item": item,
        "state": listings_words.STATES[item.state],
        "kind": listings_words.KINDS[item.kind],
        "tasks": [_task(event) for event in offered],
        "events": [
            (each, listings_words.STEPS[each.event], _words(each))
            for each in queries.list_events(listing=number)
        ],
        "documents": [
            (listings_words.DOCUMENTS[DocumentKind(kind)], digest, issued_at)
            for kind, digest, issued_at in queries.list_documents(listing=number)
        ],
        "issuable": [
            (kind.value.lower(), listings_words.DOCUMENTS[kind])
            for kind in documents.kinds_of(
                item.state, is_own=item.hearing_until is not None
            )
            if request.actor.may_list_for(item.authority)
        ],
        "lacks": [listings_words.LACKS[Lack(each)] for each in item.lacks],
        "is_own": item.proposed_by == request.actor.account_id,
        "today": timezone.localdate(),
        "done": listings_words.DONE.get(request.GET.get("done", "")),
    }
    return render(request, "desk/listing.html", context)


@signed_in
@GET_OR_POST
def take_step(request: DeskRequest, number: int, event: str) -> HttpResponse:
    """Ask what a step needs, and record it."""
    item, wanted = _item(request, number), SLUGS.get(event)
    if wanted is None or wanted not in queries.events_open_to(request.actor, item):
        raise Http404(event)
    data = request.POST if request.method == "POST" else None
    form = listings_forms.Step(data, event=wanted)
    if form.is_valid() and _recorded(request, number, wanted, form):
        return _to(number, "done")
    context = {
        "item": item,
        "form": form,
        "title": listings_words.STEPS[wanted],
        "event": wanted,
        "recalls": step(wanted).measures is Measures.RECALL,
    }
    return render(request, "desk/listing_step.html", context)


def require_reader(request: DeskRequest) -> None:
    """Let in the credit office and the listing authorities."""
    if not (request.actor.lists_for or request.actor.sees_all_units):
        raise PermissionDenied


def _scheme(name: str) -> Scheme:
    try:
        return list_schemes.scheme(name)
    except list_schemes.UnknownSchemeError:
        raise Http404(name) from None


def _item(request: DeskRequest, number: int) -> ListingView:
    on = timezone.localdate()
    try:
        return queries.get_listing(actor=request.actor, listing=number, on=on)
    except queries.UnknownListingError:
        raise Http404(str(number)) from None


def _to(number: int, done: str) -> HttpResponse:
    return redirect(f"{reverse('desk:listing', args=[number])}?done={done}")


def _task(event: Event) -> tuple[str, object, bool]:
    slug = event.value.lower().replace("_", "-")
    return slug, listings_words.STEPS[event], event in (Event.DECIDE, Event.ACCEPT)


def _words(each: queries.EventView) -> list[tuple[object, str]]:
    labels = {need.value: text for need, text in listings_words.LABELS.items()}
    ways = {way.value: str(text) for way, text in listings_words.WAYS.items()}
    return [
        (labels[name], ways.get(text, text) if name == "notice_way" else text)
        for name, text in sorted(each.told.items())
        if name in labels
    ]


def _proposed(
    request: DeskRequest, scheme: Scheme, form: listings_forms.Propose
) -> int | None:
    """Propose, and return the number; tell the form where that can't be."""
    told = form.cleaned_data
    try:
        return operations.propose(
            scheme=scheme.name,
            uscc=told["code"],
            authority=told["authority"],
            told=form.told(),
            by=By(request.actor, timezone.now()),
        )
    except NotAllowedError:
        raise PermissionDenied from None
    except RefusedError as error:
        form.refuse(error)
    return None


def _recorded(
    request: DeskRequest, number: int, event: Event, form: listings_forms.Step
) -> bool:
    by = By(request.actor, timezone.now())
    try:
        operations.record(listing=number, event=event, told=form.told(), by=by)
    except NotAllowedError:
        raise PermissionDenied from None
    except RefusedError as error:
        form.refuse(error)
        return False
    return True


def _suggestions(form: listings_forms.Propose) -> object:
    """Return codes that a code which the register doesn't hold may stand for."""
    if "code" not in form.errors:
        return ()
    asked = uscc.normalize(form["code"].value() or "")
    found = suggestions.suggest(code=asked, name="")
    return workbench_words.suggestions(found)
