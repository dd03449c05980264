"""Pages of which nobody keeps a copy: what has ended must not live on in caches."""

from __future__ import annotations

from django.http import HttpResponse


def unkept(response: HttpResponse) -> HttpResponse:
    """Have caches ask again each time, and search engines keep no copy."""
    response["Cache-Control"] = "no-cache"
    response["X-Robots-Tag"] = "noarchive"
    return response
