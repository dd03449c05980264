"""The lists in force: each listing with its basis, authority, term and way out."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from xinheng.apps.listings import public, schemes
from xinheng.web import as_of, paging


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show who is on a list today, of all lists or of one."""
    at = timezone.now()
    on, asking = timezone.localdate(at), as_of.read(request, at=at)
    in_use = schemes.list_in_use(on=on)
    asked = request.GET.get("list", "")
    chosen = next((each for each in in_use if each.name == asked), None)
    counted = public.count_by_scheme(on=on, asked=asking.asked)
    context = {
        "page": public.list_public(
            on=on,
            scheme=chosen.name if chosen else "",
            page=paging.number(request),
            asked=asking.asked,
        ),
        "schemes": [(each, counted.get(each.name, 0)) for each in in_use],
        "total": sum(counted.values()),
        "chosen": chosen,
        "on": on,
        "asking": asking,
    }
    return render(request, "portal/lists.html", context, status=asking.status)
