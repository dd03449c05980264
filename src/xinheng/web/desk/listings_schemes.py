"""The lists of the rulebook at the desk: what is in use, and what stops the others."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.listings import schemes
from xinheng.rulebook import list_schemes
from xinheng.web.access import DeskRequest, signed_in
from xinheng.web.desk import listings_words
from xinheng.web.desk.listings import require_reader
from xinheng.web.desk.queues import GET_OR_POST


@signed_in
@GET_OR_POST
def index(request: DeskRequest) -> HttpResponse:
    """Show every list with the rules that stop it; take one into use."""
    require_reader(request)
    if request.method == "POST":
        return _activate(request, request.POST.get("scheme", ""))
    on = timezone.localdate()
    rows = [
        (
            each,
            listings_words.KINDS[each.kind],
            schemes.is_in_use(each.name, on=on),
            [(gap, listings_words.GAPS[gap]) for gap in schemes.gaps_of(each, on)],
        )
        for each in list_schemes.schemes()
    ]
    return render(request, "desk/list_schemes.html", {"rows": rows})


def _activate(request: DeskRequest, scheme: str) -> HttpResponse:
    try:
        schemes.activate(scheme=scheme, actor=request.actor, at=timezone.now())
    except NotAllowedError:
        raise PermissionDenied from None
    except (
        list_schemes.UnknownSchemeError,
        schemes.SchemeRefusedError,
        schemes.AlreadyInUseError,
    ):
        raise Http404(scheme) from None
    return redirect(reverse("desk:list-schemes"))
