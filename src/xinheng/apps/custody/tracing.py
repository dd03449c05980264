"""Traces: what a request or a job took, as spans in a file, where a setting names one.

A span bears the name of a route or a job, a result, counts and times: no address that
was asked for, no header, no parameter and no text of a query. Each line is one span of
OpenTelemetry as JSON; a collector follows the file. Trace ids from outside are not
taken over.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import structlog
from django.conf import settings
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import ConsoleSpanExporter, SimpleSpanProcessor
from opentelemetry.trace import NonRecordingSpan, Span, Tracer, format_trace_id
from opentelemetry.trace.span import INVALID_SPAN_CONTEXT

SERVICE = "xinheng"


@contextmanager
def span(name: str) -> Iterator[Span]:
    """Time the block as a span, and let its id stand in every log line meanwhile."""
    if not settings.TRACES:
        yield NonRecordingSpan(INVALID_SPAN_CONTEXT)
        return
    with tracer(settings.TRACES).start_as_current_span(
        name,
        # The text of an exception may repeat what was sent.
        record_exception=False,
        set_status_on_exception=False,
    ) as current:
        trace = format_trace_id(current.get_span_context().trace_id)
        with structlog.contextvars.bound_contextvars(trace=trace):
            yield current


class Appended(io.StringIO):
    """A stream whose every flush adds what was written to a file, and closes it again.

    So the file can be moved away at any time.
    """

    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = Path(path)

    def flush(self) -> None:
        """Add what was written since the last time."""
        text = self.getvalue()
        self.seek(0)
        self.truncate()
        if text:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(text)


@cache
def tracer(path: str) -> Tracer:
    """Return what adds spans to that file."""
    provider = TracerProvider(resource=Resource({SERVICE_NAME: SERVICE}))
    exporter = ConsoleSpanExporter(out=Appended(path), formatter=line)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return provider.get_tracer(SERVICE)


def line(ended: ReadableSpan) -> str:
    """Return a span as one line of JSON."""
    return json.dumps(json.loads(ended.to_json()), ensure_ascii=False) + "\n"
