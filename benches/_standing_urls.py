"""The project's URLs and a page that always says the same, behind the same key."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import include, path
from ninja import NinjaAPI, Query

from xinheng.api import schemas
from xinheng.api.look_up_access import LookUpKey, LookUpRequest, limiter

api = NinjaAPI(urls_namespace="bench", docs_url=None)
CONSTANT = b'{"state":"nothing_found"}' + b" " * 300


@api.get("/constant/{uscc}/standing", auth=LookUpKey())
def constant(
    request: LookUpRequest, uscc: str, matter: Query[schemas.Word]
) -> HttpResponse:
    """Say the same to everybody who has a key and asks no faster than it may."""
    limiter.take(request.auth)
    return HttpResponse(CONSTANT, content_type="application/json")


urlpatterns = [
    path("bench/", api.urls),
    path("", include("xinheng.project.urls")),
]
