"""Permits and penalties of the last days."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from xinheng.apps.catalog import queries as catalog
from xinheng.apps.records import recent
from xinheng.web import as_of, caching, paging


@require_safe
def show(request: HttpRequest, dataset: str) -> HttpResponse:
    """List the latest decisions of a dataset that the public sees, or saw then."""
    if dataset not in recent.DATASETS:
        raise Http404(dataset)
    at = timezone.now()
    asking = as_of.read(request, at=at)
    page = recent.list_recent(
        dataset=dataset,
        on=timezone.localdate(at),
        page=paging.number(request),
        asked=asking.asked,
    )
    context = {
        "dataset": catalog.get_dataset(dataset),
        "page": page,
        "days": recent.DAYS,
        "asking": asking,
    }
    answer = render(request, "portal/recent.html", context, status=asking.status)
    return caching.unkept(answer)
