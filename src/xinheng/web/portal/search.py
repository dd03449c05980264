"""Search: organizations by a part of the name, by pinyin initials or by code."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from xinheng.apps.organizations import queries as organizations
from xinheng.apps.organizations import search as searching
from xinheng.web import paging
from xinheng.web.portal import codes

SHORTEST_TEXT = 2
LONGEST_TEXT = 100


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """List what matches; say what to do where nothing does."""
    text = request.GET.get("q", "").strip()[:LONGEST_TEXT]
    if codes.is_personal(text) and not _is_registered(text):
        return codes.refusal()
    context: dict[str, object] = {
        "text": text,
        "is_refused": "refused" in request.GET,
        "is_short": len(text) < SHORTEST_TEXT,
    }
    if len(text) >= SHORTEST_TEXT:
        context |= _found(text, paging.number(request))
    return render(request, "portal/search.html", context)


def _found(text: str, page: int) -> dict[str, object]:
    found = searching.search(text=text, page=page)
    context: dict[str, object] = {"page": found}
    if not found.total and codes.is_meant_as_code(text):
        fault, near = codes.fault(text), searching.near(text)
        context |= {"is_code": True, "fault": fault, "near": near}
    return context


def _is_registered(text: str) -> bool:
    return organizations.get_public(text) is not None
