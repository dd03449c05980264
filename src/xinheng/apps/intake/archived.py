"""Which files of the archive the submissions name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from xinheng.apps.intake import archive
from xinheng.apps.intake.models import Submission
from xinheng.core.catalog import periods
from xinheng.core.submissions.outcomes import Counts
from xinheng.pipeline.archive_statistics import Part

_COLUMNS: dict[archive.Kind, str] = {
    "accepted": "accepted_digest",
    "findings": "findings_digest",
    "rejects": "rejects_digest",
}


def list_archived() -> tuple[str, ...]:
    """Return their paths below the archive, each once, sorted."""
    root = Path(settings.ARCHIVE_DIR)
    named = Submission.objects.values_list(*_COLUMNS.values())
    paths = {
        archive.path(kind, digest).relative_to(root).as_posix()
        for digests in named.iterator()
        for kind, digest in zip(_COLUMNS, digests, strict=True)
        if digest
    }
    return tuple(sorted(paths))


def list_parts(*, ledger_size: int) -> tuple[Part, ...]:
    """Return the files of accepted rows that are among the first ledger entries."""
    rows = Submission.objects.filter(ledger_seq__lt=ledger_size).exclude(
        accepted_digest=""
    )
    return tuple(
        Part(
            path=archive.path("accepted", row.accepted_digest),
            unit=row.unit_id,
            dataset=row.dataset,
            period=row.period,
            received_period=periods.of(timezone.localdate(row.received_at)),
            seq=row.ledger_seq,
        )
        for row in rows.order_by("ledger_seq")
        if row.ledger_seq is not None
    )


def counts_of(submission: UUID) -> Mapping[str, int | None]:
    """Return the six counts of a submission, none where there is no such one."""
    names = Counts.__slots__
    found = Submission.objects.filter(id=submission).values_list(*names).first()
    return {} if found is None else dict(zip(names, found, strict=True))
