"""The page of a list that a reader asks for."""

from __future__ import annotations

from django.http import HttpRequest

LAST_PAGE = 10_000


def number(request: HttpRequest) -> int:
    """Return the `page` of the query string, 1 where it is none."""
    asked = request.GET.get("page", "")
    return min(max(int(asked), 1), LAST_PAGE) if asked.isdecimal() else 1
