"""A listing of the organization: what it says, objecting to it, leaving it early."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from xinheng.apps.cases.operations import RefusedError
from xinheng.apps.listings import redress as listings
from xinheng.apps.listings.operations import UnknownListingError
from xinheng.apps.listings.redress import HeldListing
from xinheng.apps.objections import filing as objections
from xinheng.apps.repairs import operations as repairs
from xinheng.apps.repairs.operations import Application
from xinheng.core.commitments.promises import Type
from xinheng.core.objections.filing import Kind
from xinheng.rulebook import redress
from xinheng.web import redress_words
from xinheng.web.access import DeskRequest, agent
from xinheng.web.my import applying, asking, forms
from xinheng.web.my.entries import GET_OR_POST


@agent
@require_safe
def listing(request: DeskRequest, uscc: str, listing: int) -> HttpResponse:
    """Show a listing whole, whether it is public, and what can be done about it."""
    item, found = asking.acting(request, uscc), _get(request, uscc, listing)
    return render(request, "my/listing.html", {"item": item, "listing": found})


@agent
@GET_OR_POST
def object_to(request: DeskRequest, uscc: str, listing: int) -> HttpResponse:
    """Take an objection to a listing; it is marked as disputed at once."""
    item, found = asking.acting(request, uscc), _get(request, uscc, listing)
    form = forms.Contest(asking.sent(request), request.FILES or None)
    if form.is_valid() and (case := _object(request, listing, form)):
        return _to_case(uscc, case, "objected")
    context = {
        "item": item,
        "listing": found,
        "form": form,
        "kind": redress_words.KINDS[Kind.LISTING],
    }
    return render(request, "my/object.html", context)


@agent
@GET_OR_POST
def repair(request: DeskRequest, uscc: str, listing: int) -> HttpResponse:
    """Say whether leaving early can be asked for, and take the application."""
    item, found = asking.acting(request, uscc), _get(request, uscc, listing)
    barred = applying.blocking(repairs.entry_of_listing(found), by=asking.by(request))
    form = forms.Apply(asking.sent(request), request.FILES or None)

    def act(application: Application) -> int:
        return repairs.apply_for_listing(
            listing=listing, application=application, by=asking.by(request)
        )

    if not barred and form.is_valid() and (case := applying.apply(request, form, act)):
        return _to_case(uscc, case, "applied")
    context = {
        "item": item,
        "listing": found,
        "form": form,
        "blocking": barred,
        "commitment": redress.commitment_types()[Type.REPAIR],
    }
    return render(request, "my/repair.html", context)


def _get(request: DeskRequest, uscc: str, listing: int) -> HeldListing:
    """Return a listing of the organization of the address."""
    on = asking.by(request).on
    key = asking.acting(request, uscc).key
    try:
        found = listings.get_held(actor=request.actor, listing=listing, on=on)
    except UnknownListingError:
        raise Http404(str(listing)) from None
    if found.organization != key:
        raise Http404(str(listing))
    return found


def _object(request: DeskRequest, listing: int, form: forms.Contest) -> int | None:
    digests = asking.store_files(request, form, "documents")
    if digests is None:
        return None
    contest = objections.Contest(Kind.LISTING, form.cleaned_data["ground"], (), digests)
    try:
        return objections.object_to_listing(
            listing=listing, contest=contest, by=asking.by(request)
        )
    except RefusedError as refused:
        form.add_error("ground", redress_words.said(refused))
    return None


def _to_case(uscc: str, case: int, done: str) -> HttpResponse:
    return redirect(f"{reverse('my:case', args=[uscc, case])}?done={done}")
