"""Feeds (Atom) of the decisions of the last days, for readers and other programs."""

from __future__ import annotations

from datetime import UTC, datetime, time

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from xinheng.apps.catalog import queries as catalog
from xinheng.apps.records import recent
from xinheng.apps.records.recent import Recent


@require_safe
def feed(request: HttpRequest, dataset: str) -> HttpResponse:
    """Send the latest decisions of a dataset that the public sees."""
    if dataset not in recent.DATASETS:
        raise Http404(dataset)
    on = timezone.localdate()
    item = catalog.get_dataset(dataset)
    mark = "示例 " if settings.DEMO else ""
    home = request.build_absolute_uri(reverse("portal:recent", args=[dataset]))
    atom = Atom1Feed(
        title=f"{mark}{item.title}",
        link=home,
        description=item.title_en,
        language="zh-Hans",
        feed_url=request.build_absolute_uri(),
    )
    for each in recent.list_recent(dataset=dataset, on=on).items:
        _add(atom, each, request)
    answer = HttpResponse(content_type="application/atom+xml; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    atom.write(answer, "utf-8")
    return answer


def _add(atom: Atom1Feed, each: Recent, request: HttpRequest) -> None:
    page = reverse("portal:organization", args=[each.uscc])
    day = each.record.decided_on or timezone.localdate(each.record.recorded_at)
    atom.add_item(
        title=f"{each.name or each.uscc} {each.heading}",
        link=request.build_absolute_uri(f"{page}#{each.record.key[:16]}"),
        description=each.record.source_unit,
        unique_id=f"urn:sha256:{each.record.key}",
        pubdate=datetime.combine(day, time.min, tzinfo=UTC),
        updateddate=each.record.recorded_at,
    )
