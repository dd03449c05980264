"""Every request counted and timed by its route; never by its address or who asked.

The figures are those of one process since it started, for `/metrics`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from opentelemetry.trace import Span
from prometheus_client import CollectorRegistry, Counter, Histogram

from xinheng.apps.custody import tracing

REGISTRY = CollectorRegistry()
REQUESTS = Counter(
    "xinheng_http_requests_total",
    "Requests answered, by route and class of status.",
    ["route", "method", "status"],
    registry=REGISTRY,
)
SECONDS = Histogram(
    "xinheng_http_request_seconds",
    "Time until the answer began, by route.",
    ["route"],
    registry=REGISTRY,
    buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30),
)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NO_ROUTE = "none"


class Watching:
    """The outermost middleware: sees what was answered, errors included."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on and note how it went."""
        begin = time.perf_counter()
        with tracing.span("request") as span:
            queries = Queries()
            with connection.execute_wrapper(queries):
                response = self._get_response(request)
            _describe(span, request, response, queries.count)
        route, method = _route(request), _method(request)
        REQUESTS.labels(route, method, f"{response.status_code // 100}xx").inc()
        SECONDS.labels(route).observe(time.perf_counter() - begin)
        return response


class Queries:
    """Counts what is asked of the database; looks at nothing."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(
        self,
        execute: Callable[..., Any],
        sql: str,
        params: Any,
        many: bool,
        context: Any,
    ) -> Any:
        """Count one and pass it on."""
        self.count += 1
        return execute(sql, params, many, context)


def _describe(
    span: Span, request: HttpRequest, response: HttpResponse, queries: int
) -> None:
    span.update_name(f"{_method(request)} {_route(request)}")
    span.set_attribute("http.request.method", _method(request))
    span.set_attribute("http.route", _route(request))
    span.set_attribute("http.response.status_code", response.status_code)
    span.set_attribute("db.queries", queries)


def _route(request: HttpRequest) -> str:
    match = request.resolver_match
    return match.view_name if match and match.view_name else NO_ROUTE


def _method(request: HttpRequest) -> str:
    """Return the method; a made-up one must not make a series of its own."""
    return request.method if request.method in METHODS else "OTHER"
