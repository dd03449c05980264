"""The project's URLs and a page that asks nothing, through the same middleware."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

BARE = b"<!doctype html><title>bare</title>" + b" " * 20_000


def bare(request: HttpRequest) -> HttpResponse:
    """Say the same to everybody."""
    return HttpResponse(BARE)


urlpatterns = [
    path("bench/bare", bare),
    path("", include("xinheng.project.urls")),
]
