"""Let go what visitors wrote about a person's data on a record, once it is decided.

And what records are called here, once they are erased themselves.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet

from xinheng.apps.disclosures.models import Report, Statement
from xinheng.apps.disclosures.queries import RECORD

GONE = "erased"
_AT_ONCE = 500
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


def forget(*, records: Collection[str]) -> None:
    """Empty what erased records are called, by their public keys."""
    wanted = sorted(records)
    for begin in range(0, len(wanted), _AT_ONCE):
        named = {"kind": RECORD, "key__in": wanted[begin : begin + _AT_ONCE]}
        Statement.objects.filter(**named).update(title="")
        Report.objects.filter(**named).update(title=GONE)


def _decided(report: int) -> QuerySet[Report]:
    rows = Report.objects.filter(id=report).exclude(what=GONE)
    return rows.exclude(state=Report.State.OPEN)
