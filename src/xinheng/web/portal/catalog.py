"""The catalog: what is collected, on what basis, and the blank templates."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from xinheng.apps.catalog import queries as catalog
from xinheng.core.catalog.datasets import Dataset
from xinheng.rulebook import catalog as rulebook
from xinheng.rulebook import exports
from xinheng.web import datasets, files

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List every dataset, those of the monthly table first and in its order."""
    offered = datasets.in_order()
    context = {
        "counted": [item for item in offered if item.category],
        "others": [item for item in offered if not item.category],
    }
    return render(request, "portal/catalog.html", context)


@require_safe
def dataset(request: HttpRequest, name: str) -> HttpResponse:
    """Show one dataset: basis, duty, fields, templates."""
    item = _get(name)
    lists = rulebook.code_lists()
    fields = [(field, lists.get(field.code_list or "")) for field in item.fields]
    return render(request, "portal/dataset.html", {"item": item, "fields": fields})


@require_safe
def template_csv(request: HttpRequest, name: str) -> HttpResponse:
    """Send the blank template as CSV."""
    item = _get(name)
    return files.attachment(
        exports.template_csv(item), f"{item.name}.csv", "text/csv; charset=utf-8"
    )


@require_safe
def template_xlsx(request: HttpRequest, name: str) -> HttpResponse:
    """Send the blank template as a workbook."""
    item = _get(name)
    return files.attachment(exports.template_xlsx(item), f"{item.name}.xlsx", XLSX)


@require_safe
def schema(request: HttpRequest, name: str) -> JsonResponse:
    """Send the fields as a Frictionless Table Schema."""
    return JsonResponse(
        exports.table_schema(_get(name)),
        json_dumps_params={"ensure_ascii": False, "indent": 2},
    )


def _get(name: str) -> Dataset:
    try:
        return catalog.get_dataset(name)
    except catalog.UnknownDatasetError:
        raise Http404(name) from None
