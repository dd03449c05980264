"""Open data: the files, what describes them, and the page that explains them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.conf import settings
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
)
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from xinheng.apps.catalog import queries as catalog
from xinheng.apps.records import open_data
from xinheng.apps.records.open_data import Issue, OpenFile
from xinheng.rulebook import exports

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
}
# Whoever keeps a copy asks again each time: what ended is gone from the next answer.
ASK_AGAIN = "no-cache"
FILE_TYPE = "http://publications.europa.eu/resource/authority/file-type/"


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Explain the files, whether or not they can be had right now."""
    issue = open_data.current()
    context = {
        "issue": issue,
        "is_served": issue is not None and _is_good(issue),
        "groups": _shown(issue.files) if issue else [],
        "deltas": issue.deltas[::-1] if issue else (),
        "license": settings.DATA_LICENSE,
    }
    return render(request, "portal/open_data.html", context)


@require_safe
def download(request: HttpRequest, name: str) -> HttpResponseBase:
    """Send a file of the issue; 410 while a row of it may no longer be seen."""
    issue = _issue()
    if not _is_good(issue):
        return _gone(request)
    for file in (*issue.files, *issue.deltas):
        if file.name == name:
            return _send(file)
    raise Http404(name)


@require_safe
def data_package(request: HttpRequest) -> HttpResponse:
    """Describe the files as a Frictionless data package."""
    issue = _issue()
    package = {
        "profile": "data-package",
        "name": "xinheng-open-data",
        "title": _title("公共信用信息开放数据"),
        "version": str(issue.serial),
        "created": issue.made_at,
        "licenses": [{"name": settings.DATA_LICENSE}],
        "resources": [_resource(file) for file in issue.files],
    }
    return _json(package, "application/json")


@require_safe
def dcat(request: HttpRequest) -> HttpResponse:
    """Describe the files as a DCAT-AP catalog in JSON-LD."""
    issue, base = _issue(), request.build_absolute_uri("/data/")
    described = {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
            "spdx": "http://spdx.org/rdf/terms#",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "@id": base,
        "@type": "dcat:Catalog",
        "dct:title": [
            {"@value": _title("公共信用信息开放数据"), "@language": "zh"},
            {"@value": "Public credit information: open data", "@language": "en"},
        ],
        "dct:description": {
            "@value": "组织的公共信用信息，不含个体工商户。",
            "@language": "zh",
        },
        "dct:publisher": {
            "@type": "foaf:Agent",
            "foaf:name": _title("信衡"),
        },
        "dct:modified": {"@value": issue.made_at, "@type": "xsd:dateTime"},
        "dcat:dataset": [
            _dcat_dataset(name, files, issue, base)
            for name, files in _groups(issue.files)
        ],
    }
    return _json(described, "application/ld+json")


def _dcat_dataset(
    name: str, files: Iterable[OpenFile], issue: Issue, base: str
) -> dict[str, object]:
    item = catalog.get_dataset(name)
    return {
        "@id": f"{base}#{name}",
        "@type": "dcat:Dataset",
        "dct:identifier": name,
        "dct:title": [
            {"@value": _title(item.title), "@language": "zh"},
            {"@value": item.title_en, "@language": "en"},
        ],
        "dct:description": {
            "@value": item.description or item.title,
            "@language": "zh",
        },
        "dct:modified": {"@value": issue.made_at, "@type": "xsd:dateTime"},
        "dct:accrualPeriodicity": {
            "@id": "http://publications.europa.eu/resource/authority/frequency/DAILY"
        },
        "dcat:distribution": [_distribution(file, base) for file in files],
    }


def _distribution(file: OpenFile, base: str) -> dict[str, object]:
    ending = file.name.rpartition(".")[2]
    return {
        "@id": f"{base}{file.name}",
        "@type": "dcat:Distribution",
        "dcat:accessURL": {"@id": base},
        "dcat:downloadURL": {"@id": f"{base}{file.name}"},
        "dct:format": {"@id": f"{FILE_TYPE}{ending.upper()}"},
        "dct:license": settings.DATA_LICENSE,
        "dcat:byteSize": {"@value": str(file.size), "@type": "xsd:nonNegativeInteger"},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": file.sha256,
        },
    }


def _resource(file: OpenFile) -> dict[str, object]:
    ending = file.name.rpartition(".")[2]
    resource: dict[str, object] = {
        "name": file.name.replace(".", "-").lower(),
        "path": file.name,
        "format": ending,
        "mediatype": TYPES[ending].partition(";")[0],
        "encoding": "utf-8",
        "bytes": file.size,
        "hash": f"sha256:{file.sha256}",
    }
    if ending == "csv":
        resource["profile"] = "tabular-data-resource"
        resource["schema"] = _schema(file.dataset)
    return resource


def _schema(dataset: str) -> dict[str, object]:
    """Return the columns of a file: our own, then the public ones of the catalog."""
    item = catalog.get_dataset(dataset)
    titled = [(field.name, field.title) for field in item.stored_fields if field.public]
    own = [{"name": name, "type": "string"} for name in open_data.OWN_COLUMNS]
    given = [{"name": name, "title": title, "type": "string"} for name, title in titled]
    return {
        "fields": [*own, *given],
        "primaryKey": "key",
        "missingValues": [""],
        "reference": exports.table_schema(item).get("name", dataset),
    }


def _groups(files: Iterable[OpenFile]) -> list[tuple[str, list[OpenFile]]]:
    return [
        (name, list(group))
        for name, group in groupby(files, key=lambda each: each.dataset)
    ]


def _shown(files: Iterable[OpenFile]) -> list[dict[str, object]]:
    """Return the files of each dataset under its title, for the page."""
    return [
        {
            "dataset": catalog.get_dataset(name),
            "rows": group[0].rows,
            "files": group,
        }
        for name, group in _groups(files)
    ]


def _send(file: OpenFile) -> HttpResponseBase:
    try:
        content = open_data.path_of(file).open("rb")
    except FileNotFoundError:  # the next issue came in between
        raise Http404(file.name) from None
    ending = file.name.rpartition(".")[2]
    name = f"示例-{file.name}" if settings.DEMO else file.name
    answer = FileResponse(
        content,
        as_attachment=True,
        filename=name.replace("/", "-"),
        content_type=TYPES[ending],
    )
    answer["ETag"] = f'"{file.sha256}"'
    answer["Cache-Control"] = ASK_AGAIN
    return answer


def _gone(request: HttpRequest) -> HttpResponse:
    answer = render(request, "portal/open_data_gone.html", status=410)
    answer["Retry-After"] = "600"
    answer["Cache-Control"] = "no-store"
    return answer


def _issue() -> Issue:
    issue = open_data.current()
    if issue is None:
        raise Http404("no issue was made yet")
    return issue


def _is_good(issue: Issue) -> bool:
    return open_data.is_good(issue, on=timezone.localdate())


def _title(text: str) -> str:
    return f"示例 {text}" if settings.DEMO else text


def _json(value: dict[str, Any], content_type: str) -> HttpResponse:
    answer = JsonResponse(
        value,
        content_type=content_type,
        json_dumps_params={"ensure_ascii": False, "indent": 1},
    )
    answer["Cache-Control"] = ASK_AGAIN
    return answer
