"""Permits and penalties of the last days."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from xinheng.apps.catalog import queries as catalog
from xinheng.apps.records import recent
from xinheng.web import caching, paging


@require_safe
def show(request: HttpRequest, dataset: str) -> HttpResponse:
    """List the latest decisions of a dataset that the public sees."""
    if dataset not in recent.DATASETS:
        raise Http404(dataset)
    page = recent.list_recent(
        dataset=dataset, on=timezone.localdate(), page=paging.number(request)
    )
    context = {
        "dataset": catalog.get_dataset(dataset),
        "page": page,
        "days": recent.DAYS,
    }
    return caching.unkept(render(request, "portal/recent.html", context))
