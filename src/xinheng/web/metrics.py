"""`/metrics` for Prometheus: the conditions, the requests of this process, its memory.

Who may read: whoever shows the token of the settings. Where none is set, this machine
alone, and behind a proxy nobody, since there everybody seems to be this machine. Others
get 404.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    GCCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily

from xinheng.apps.custody import upkeep
from xinheng.apps.custody.runbooks import METRIC, STATE_METRIC, runbooks
from xinheng.web.watching import REGISTRY

LOCAL = frozenset({"127.0.0.1", "::1"})
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")

PROCESS = CollectorRegistry()
ProcessCollector(registry=PROCESS)
GCCollector(registry=PROCESS)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with every figure, in the text format of Prometheus."""
    if not _may_read(request):
        raise Http404
    conditions = CollectorRegistry()
    conditions.register(Conditions())
    text = b"".join(generate_latest(each) for each in (conditions, REGISTRY, PROCESS))
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST)


class Conditions:
    """A collector that measures the installation when it is asked."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield a gauge for each condition, and one for the states of all."""
        states = GaugeMetricFamily(
            STATE_METRIC,
            "0 fine or not watched, 1 to be looked at today, 2 now.",
            labels=["condition"],
        )
        for each in upkeep.measure(at=timezone.now()):
            states.add_metric([each.code], each.severity)
            gauge = GaugeMetricFamily(METRIC[each.code], runbooks()[each.code].title_en)
            if each.value is not None:
                gauge.add_metric([], each.value)
            yield gauge
        yield states


def _may_read(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        shown = request.META.get("HTTP_AUTHORIZATION", "")
        wanted = f"Bearer {settings.METRICS_TOKEN}"
        return secrets.compare_digest(shown.encode(), wanted.encode())
    is_passed_on = any(name in request.META for name in FORWARDED)
    is_local = request.META.get("REMOTE_ADDR") in LOCAL
    return is_local and not is_passed_on and not settings.BEHIND_PROXY
