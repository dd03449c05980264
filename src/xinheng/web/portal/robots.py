"""What search engines may read and keep: pages, never copies of what has ended."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from xinheng.apps.organizations import listing

PER_FILE = 20_000
PAGES = (
    "portal:home",
    "portal:table",
    "portal:units",
    "portal:catalog",
    "portal:open-data",
    "portal:about",
    "portal:accessibility",
)
# Search results and what people work with; the pages of organizations may be read.
CLOSED = ("/desk/", "/api/", "/search", "/i18n/")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Say what may be read."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED)]
    site = request.build_absolute_uri(reverse("portal:sitemap"))
    text = "\n".join([*lines, f"Sitemap: {site}", ""])
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """List the parts of the site map."""
    parts = range(listing.count_parts(size=PER_FILE) + 1)
    addresses = [
        request.build_absolute_uri(reverse("portal:sitemap-part", args=[part]))
        for part in parts
    ]
    return _xml(request, "portal/sitemap_index.xml", addresses)


@require_safe
def sitemap_part(request: HttpRequest, part: int) -> HttpResponse:
    """List the pages of the site (part 0), or organizations, without sole proprietors.

    A part beyond the last one is not there.
    """
    if part > listing.count_parts(size=PER_FILE):
        raise Http404(str(part))
    paths = [reverse(page) for page in PAGES]
    if part:
        codes = listing.list_codes(part=part, size=PER_FILE)
        paths = [reverse("portal:organization", args=[code]) for code in codes]
    addresses = [request.build_absolute_uri(path) for path in paths]
    return _xml(request, "portal/sitemap.xml", addresses)


def _xml(request: HttpRequest, template: str, addresses: list[str]) -> HttpResponse:
    context = {"addresses": addresses}
    return render(request, template, context, content_type="application/xml")
