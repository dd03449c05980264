"""Let the content of a file of evidence go: bytes and name, while its digest stays."""

from __future__ import annotations

from datetime import datetime

from xinheng.apps.evidence import shelf
from xinheng.apps.evidence.models import EvidenceFile
from xinheng.core.evidence.files import MediaType

GONE = "erased"


def exists(digest: str) -> bool:
    """Tell whether a file of that digest still has content."""
    return EvidenceFile.objects.filter(digest=digest, erased_at=None).exists()


def erase(*, digest: str, at: datetime) -> int:
    """Forget the name of a file, and that its bytes are there; return how many went.

    The bytes go with `remove`, once the transaction has committed.
    """
    rows = EvidenceFile.objects.filter(digest=digest, erased_at=None)
    return rows.update(name=GONE, erased_at=at)


def remove(*, digest: str) -> None:
    """Take the bytes away of a file that was erased."""
    row = EvidenceFile.objects.filter(digest=digest, erased_at__isnull=False).first()
    if row is not None:
        path = shelf.path(row.digest, MediaType(row.media_type))
        path.unlink(missing_ok=True)
