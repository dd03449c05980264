"""Reading files of evidence. Who may do so is said by the app that keeps the digest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from xinheng.apps.evidence import shelf
from xinheng.apps.evidence.models import EvidenceFile
from xinheng.core.evidence.files import MediaType


class UnknownEvidenceError(LookupError):
    """There is no such file."""


@dataclass(frozen=True, slots=True)
class EvidenceRef:
    """A file that was stored; `digest` is the SHA-256 (hex) of its bytes."""

    digest: str
    name: str
    media_type: MediaType
    size_bytes: int


def find(digests: Iterable[str]) -> dict[str, EvidenceRef]:
    """Return the files by digest; one that is not there is left out."""
    rows = EvidenceFile.objects.filter(digest__in=list(digests))
    return {row.digest: ref_of(row) for row in rows}


def open(digest: str) -> bytes:
    """Return the bytes of a file.

    Raises:
        UnknownEvidenceError: none is stored under the digest, or it was erased.
        OSError: it is stored and can't be read: the archive is damaged.
    """
    row = EvidenceFile.objects.filter(digest=digest, erased_at=None).first()
    if row is None:
        raise UnknownEvidenceError(digest)
    return shelf.path(row.digest, MediaType(row.media_type)).read_bytes()


def list_archived() -> tuple[str, ...]:
    """Return the files' paths below the archive, sorted: for backups."""
    alive = EvidenceFile.objects.filter(erased_at=None)
    rows = alive.values_list("digest", "media_type")
    paths = (shelf.relative_path(digest, MediaType(kind)) for digest, kind in rows)
    return tuple(sorted(path.as_posix() for path in paths))


def ref_of(row: EvidenceFile) -> EvidenceRef:
    """Return a row as a plain value."""
    return EvidenceRef(row.digest, row.name, MediaType(row.media_type), row.size_bytes)
