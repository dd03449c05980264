"""Files that a page sends to be saved."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.utils.http import content_disposition_header

EXAMPLE = "示例-"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def attachment(content: bytes, name: str, content_type: str) -> HttpResponse:
    """Return a response that the browser saves; the demo marks the file's name."""
    marked = f"{EXAMPLE}{name}" if settings.DEMO else name
    disposition = content_disposition_header(as_attachment=True, filename=marked)
    return HttpResponse(
        content,
        content_type=content_type,
        headers={"Content-Disposition": disposition or "attachment"},
    )
