"""Campaigns and activities in public: figures of the former, texts of the latter."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from xinheng.apps.campaigns import activities, queries
from xinheng.rulebook import campaigns as rulebook
from xinheng.web import campaigns_words as words
from xinheng.web import paging


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show how far each campaign is, and what units did; nobody is named."""
    page = activities.list_public(page=paging.number(request))
    context = {
        "rows": [(each, *words.STATES[each.state]) for each in queries.list_public()],
        "known": rulebook.campaigns(),
        "page": page,
        "held": [(each, words.KINDS[each.kind]) for each in page.items],
    }
    return render(request, "portal/campaigns.html", context)
