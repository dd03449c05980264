"""All URLs: the portal at the root, the desk, the API, health."""

from django.urls import include, path

from xinheng.api.urls import api
from xinheng.web import health, metrics

urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/v1/", api.urls),
    path("desk/", include("xinheng.web.desk.urls")),
    path("my/", include("xinheng.web.my.urls")),
    path("", include("xinheng.web.portal.urls")),
]
