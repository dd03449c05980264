"""Let go what visitors wrote about a person's data on a record, once it is decided."""

from __future__ import annotations

from django.db.models import QuerySet

from xinheng.apps.disclosures.models import Report

GONE = "erased"
ACTS = ("publication.reported", "publication.report_decided")


def is_decided(report: int) -> bool:
    """Tell whether a report is decided and still says something."""
    return _decided(report).exists()


def subject_of(report: int) -> str:
    """Return how entries about the thing that was reported name it; empty for none."""
    row = Report.objects.filter(id=report).first()
    return f"{row.kind}:{row.key}" if row else ""


def erase(*, report: int) -> int:
    """Empty what was reported and why it was decided so; what is hidden stays so."""
    rows = _decided(report)
    rows.exclude(reason="").update(reason=GONE)
    return rows.update(title=GONE, what=GONE)


def _decided(report: int) -> QuerySet[Report]:
    rows = Report.objects.filter(id=report).exclude(what=GONE)
    return rows.exclude(state=Report.State.OPEN)
