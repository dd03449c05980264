"""Which files of the archive the submissions name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

from django.conf import settings

from xinheng.apps.intake import archive
from xinheng.apps.intake.models import Submission
from xinheng.core.submissions.outcomes import Counts

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


def counts_of(submission: UUID) -> Mapping[str, int | None]:
    """Return the six counts of a submission, none where there is no such one."""
    names = Counts.__slots__
    found = Submission.objects.filter(id=submission).values_list(*names).first()
    return {} if found is None else dict(zip(names, found, strict=True))
