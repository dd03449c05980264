"""Issues of the bulletin in public, and the records behind each of their numbers."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from xinheng.apps.statistics import behind, html, issuing, rendering
from xinheng.apps.statistics import queries as statistics
from xinheng.apps.statistics.issuing import IssueView
from xinheng.apps.statistics.publication import Publication
from xinheng.apps.typesetting import FontMissingError, GlyphMissingError
from xinheng.core.catalog import periods
from xinheng.web import files, paging

TYPES = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": files.XLSX,
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the issues, the latest first."""
    return render(request, "portal/bulletins.html", {"issues": issuing.list_issues()})


@require_safe
def issue(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """Show an issue as it was published, each number linked to its records."""
    found = _read(year, number)
    if found is None:
        return render(request, "portal/bulletin_altered.html", status=503)
    view, told = found
    body = html.body(told.document, _links(view.period, view.ledger_size))
    context = {
        "issue": view,
        "document": told.document,
        # Set by our own template, which escapes what people wrote.
        "body": mark_safe(body),  # noqa: S308
        "formats": list(TYPES),
        "is_outdated": not view.restated_by and issuing.has_changed(period=view.period),
    }
    return render(request, "portal/bulletin.html", context)


@require_safe
def download(
    request: HttpRequest, year: int, number: int, file_format: str
) -> HttpResponse:
    """Send an issue as a file, byte for byte the same each time."""
    if file_format not in TYPES:
        raise Http404(file_format)
    found = _read(year, number)
    if found is None:
        return render(request, "portal/bulletin_altered.html", status=503)
    view, told = found
    try:
        content = rendering.RENDER[file_format](told)
    except (FontMissingError, GlyphMissingError):
        return render(request, "portal/bulletin_no_font.html", status=503)
    name = f"bulletin-{view.period}-{year}-{number}.{file_format}"
    return files.attachment(content, name, TYPES[file_format])


@require_safe
def counted(
    request: HttpRequest, period: str, unit: str, category: str
) -> HttpResponse:
    """List the records that a cell of the table counts, as far as they are public."""
    size = request.GET.get("size", "")
    if period > periods.of(timezone.localdate()):
        raise Http404(f"{period} has not begun")
    try:
        found = behind.look(
            period=period,
            unit=unit,
            category=category,
            ledger_size=int(size) if size.isdecimal() else None,
            on=timezone.localdate(),
            page=paging.number(request),
        )
    except (
        behind.UnknownCellError,
        statistics.UnknownLedgerSizeError,
        periods.InvalidPeriodError,
    ) as unknown:
        raise Http404(str(unknown)) from None
    context = {"cell": found, "page": found.records, "period": period}
    return render(request, "portal/counted.html", context)


def _read(year: int, number: int) -> tuple[IssueView, Publication] | None:
    """Return an issue, null where what is stored is not what was published."""
    try:
        return issuing.read(year=year, number=number)
    except issuing.UnknownIssueError as unknown:
        raise Http404(str(unknown)) from None
    except issuing.AlteredIssueError:
        return None


def _links(period: str, size: int) -> html.Link:
    def link(drill: str) -> str:
        unit, category = drill.split("/")
        address = reverse("portal:counted", args=[period, unit, category])
        return f"{address}?{urlencode({'size': size})}"

    return link
