"""The project's URLs with one bare page behind each guard."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from xinheng.web import access


def show(request: access.DeskRequest) -> HttpResponse:
    return HttpResponse(f"{request.actor.account_id} {sorted(request.actor.units)}")


def count(request: HttpRequest) -> HttpResponse:
    request.session["visits"] = request.session.get("visits", 0) + 1
    return HttpResponse(request.session["visits"])


urlpatterns = [
    path("guarded/signed-in", access.signed_in(show)),
    path("guarded/credit-office", access.credit_office(show)),
    path("guarded/administrator", access.administrator(show)),
    path("open/count", count),
    path("", include("xinheng.project.urls")),
]
