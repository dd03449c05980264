"""Storing files of evidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from xinheng.apps.evidence import queries, shelf
from xinheng.apps.evidence.models import EvidenceFile
from xinheng.apps.evidence.queries import EvidenceRef
from xinheng.apps.ledger import operations as ledger
from xinheng.core.evidence import files
from xinheng.core.evidence.faults import EvidenceError, Fault
from xinheng.pipeline.reading import scans


@dataclass(frozen=True, slots=True)
class Handed:
    """A file as somebody handed it in, not examined yet."""

    name: str
    content: bytes


@transaction.atomic
def store(*, content: bytes, name: str, actor: str, at: datetime) -> EvidenceRef:
    """Keep a file and return under which digest; the same bytes are kept once.

    `actor` is the account's id. The ledger gets digest, type and size, not the name.

    Raises:
        EvidenceError: why it can't be kept: its size, its type, a personal number.
        OSError: the archive can't be written; nothing was kept.
    """
    found = files.examine(
        content, name, most_bytes=settings.MAX_EVIDENCE_BYTES, read=_read
    )
    row, is_new = EvidenceFile.objects.get_or_create(
        digest=found.digest,
        defaults={
            "name": found.name,
            "media_type": found.media_type,
            "size_bytes": found.size_bytes,
            "stored_by": actor,
            "stored_at": at,
        },
    )
    if row.erased_at is not None:
        row.name, row.erased_at = found.name, None
        row.save(update_fields=["name", "erased_at"])
    shelf.put(content, shelf.path(found.digest, found.media_type))
    if is_new:
        body = {"media_type": found.media_type.value, "size_bytes": found.size_bytes}
        ledger.append(
            kind="evidence.stored",
            subject=f"evidence:{found.digest}",
            actor=actor,
            body=body,
            at=at,
        )
    return queries.ref_of(row)


def _read(picture: bytes) -> str | None:
    try:
        return scans.read(picture)
    except scans.NoReaderError:
        raise EvidenceError(Fault.NO_READER) from None


def sweep(*, at: datetime) -> int:
    """Take away files that no row names, left by acts that were not finished.

    Returns how many. Call it when a process starts.
    """
    left = [path for path in shelf.list_left(at=at) if not _is_named(path.name)]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def _is_named(name: str) -> bool:
    digest = name.partition(".")[0]
    return EvidenceFile.objects.filter(digest=digest).exists()
