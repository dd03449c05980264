"""Where files of evidence lie: `evidence/ab/DIGEST.pdf` in the archive's directory.

A file is on disk before the transaction that names it commits. If that never commits,
the sweep takes the file away again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from xinheng.core.evidence.files import SUFFIXES, MediaType

PLACE = "evidence"
# No transaction that stores a file lives for so long.
LEFT_AFTER = timedelta(days=1)


def relative_path(digest: str, media_type: MediaType) -> Path:
    """Return where a file lies below the archive."""
    return Path(PLACE) / digest[:2] / f"{digest}{SUFFIXES[media_type][0]}"


def path(digest: str, media_type: MediaType) -> Path:
    """Return where a file lies."""
    return Path(settings.ARCHIVE_DIR) / relative_path(digest, media_type)


def put(content: bytes, target: Path) -> None:
    """Put the bytes there, forced to disk; nothing where they are there already.

    Raises:
        OSError: the disk is full, or can't be written.
    """
    if target.exists():
        return
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with partial.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        partial.chmod(0o600)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    _force(target.parent)


def list_left(*, at: datetime) -> Iterator[Path]:
    """Yield the files that have been there for so long that a row must name them."""
    before = (at - LEFT_AFTER).timestamp()
    root = Path(settings.ARCHIVE_DIR) / PLACE
    for each in sorted(root.glob("??/*")):
        if each.stat().st_mtime < before:
            yield each


def _force(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
