"""What every page needs to know about the site."""

from __future__ import annotations

from urllib.parse import unquote

from django.conf import settings
from django.http import HttpRequest

from xinheng.core.screening import personal_id

# The first part of a path, and the entry of the main menu that it belongs to.
SECTIONS = {
    "": "search",
    "search": "search",
    "organizations": "search",
    "lists": "lists",
    "recent": "search",
    "table": "table",
    "bulletin": "table",
    "statistics": "table",
    "units": "table",
    "catalog": "catalog",
    "desk": "desk",
    "my": "my",
    "redress": "my",
    "commitments": "my",
}


def site(request: HttpRequest) -> dict[str, object]:
    """Return the values that the base template shows on every page."""
    first = request.path.lstrip("/").partition("/")[0]
    return {
        "is_demo": settings.DEMO,
        "section": SECTIONS.get(first, ""),
        "here": _here(request),
    }


def _here(request: HttpRequest) -> str:
    """Return the address to come back to; never one that holds a personal number."""
    path = request.get_full_path()
    return path if personal_id.find(unquote(path)) is None else "/"
