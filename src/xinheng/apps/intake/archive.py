"""The archive: accepted rows, findings, rejected rows as Parquet, named by digest.

A file is put in place and forced to disk before the transaction that names it commits;
if that never commits, the sweep takes the file away again.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path
from typing import Literal

from django.conf import settings

Kind = Literal["accepted", "findings", "rejects"]


def path(kind: Kind, digest: str) -> Path:
    """Return where the file of that digest lies."""
    return Path(settings.ARCHIVE_DIR) / kind / digest[:2] / f"{digest}.parquet"


def digest_of(source: Path) -> str:
    """Return the SHA-256 (hex) of a file."""
    with source.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def publish(kind: Kind, source: Path) -> str:
    """Put a copy of the file into the archive, on disk for good; return its digest."""
    digest = digest_of(source)
    target = path(kind, digest)
    if not target.exists():
        partial = _partials() / f"{digest}.{os.getpid()}"
        for directory in (target.parent, partial.parent):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            shutil.copyfile(source, partial)
            _force(partial)
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
        _force(target.parent)
    return digest


def withdraw(kind: Kind, digest: str) -> None:
    """Take a file away that no submission names."""
    path(kind, digest).unlink(missing_ok=True)


def list_partials() -> list[Path]:
    """Return the copies under way: while nothing lands, those that broke off."""
    return sorted(_partials().iterdir()) if _partials().is_dir() else []


def _partials() -> Path:
    return Path(settings.ARCHIVE_DIR) / "partial"


def _force(what: Path) -> None:
    """Force a file's or a directory's content to disk."""
    descriptor = os.open(what, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
