"""What every page needs to know about the site."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

# The first part of a path, and the entry of the main menu that it belongs to.
SECTIONS = {
    "": "search",
    "search": "search",
    "organizations": "search",
    "table": "table",
    "catalog": "catalog",
    "desk": "desk",
}


def site(request: HttpRequest) -> dict[str, object]:
    """Return the values that the base template shows on every page."""
    first = request.path.lstrip("/").partition("/")[0]
    return {"is_demo": settings.DEMO, "section": SECTIONS.get(first, "")}
