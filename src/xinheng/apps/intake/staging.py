"""Staging: where the bytes of a file stay until its verdict, and not a moment longer.

Each file has a directory of its own under `settings.STAGING_DIR`, private to this user,
and the process that works on it holds a lock on the directory's `lock` file. The lock
ends with the process however it ends, so after a crash every directory without a holder
can be told from one in use, and be wiped.

    <id>/lock      held while a process works here
    <id>/content   the bytes as handed in
    <id>/work/     what the check wrote: clean rows and findings, no personal number
    uploads/       parts of files that are on their way in, not yet one of the above
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import UUID, uuid5

from django.conf import settings

_CHUNK_BYTES = 1024 * 1024
_SUFFIX = re.compile(r"\.[a-z]{1,8}", re.ASCII)
_NAME = re.compile(r"[0-9a-f]{32}", re.ASCII)
_NAMES = UUID("6f0e6d52-3b55-5c1f-9a51-6c1a6a0b7f10")


class Content(Protocol):
    """Bytes to be read once: an open file, or an upload."""

    def read(self, size: int, /) -> bytes:
        """Return at most so many bytes, none at the end."""
        ...


class FileTooLargeError(ValueError):
    """The file is larger than `settings.MAX_UPLOAD_BYTES`."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"larger than {limit_bytes} bytes")
        self.limit_bytes = limit_bytes


@dataclass(frozen=True, slots=True)
class Staged:
    """A file in its directory; `digest` is the SHA-256 (hex) of its bytes."""

    content: Path
    digest: str
    size_bytes: int


def directory(submission: UUID) -> Path:
    """Return the directory of a submission, whether it exists or not."""
    return Path(settings.STAGING_DIR) / submission.hex


def work_directory(submission: UUID) -> Path:
    """Return the directory that the check writes into, made empty."""
    work = directory(submission) / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(mode=0o700)
    return work


def content_path(submission: UUID, *, file_name: str) -> Path:
    """Return where the bytes lie; a plain suffix is the file's, the name is not."""
    suffix = Path(file_name).suffix.lower()
    return directory(submission) / (
        f"content{suffix if _SUFFIX.fullmatch(suffix) else ''}"
    )


@contextmanager
def hold(submission: UUID, *, wait: bool = False) -> Iterator[bool]:
    """Hold the directory of a submission; yields False where another process does.

    With `wait` it is held in any case, once the other is done: for a submission that
    nobody else knows yet, which only a sweep can be looking at.
    """
    lock = _lock(submission, wait=wait)
    if lock is None:
        yield False
        return
    try:
        yield True
    finally:
        os.close(lock)


@contextmanager
def hold_name(name: str) -> Iterator[bool]:
    """Hold what has a name and no submission; yields False where another does."""
    identifier = uuid5(_NAMES, name)
    with hold(identifier) as is_ours:
        try:
            yield is_ours
        finally:
            if is_ours:
                wipe(identifier)


def _lock(submission: UUID, *, wait: bool) -> int | None:
    """Return the locked file's descriptor, null where another process holds it."""
    where = directory(submission)
    while True:
        where.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            lock = os.open(where / "lock", os.O_CREAT | os.O_RDWR, 0o600)
        except FileNotFoundError:
            continue  # wiped in between
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            os.close(lock)
            return None
        if _is_in_place(lock, where / "lock"):
            return lock
        os.close(lock)


def _is_in_place(lock: int, path: Path) -> bool:
    """Tell whether the locked file is still the directory's: a wipe takes it away."""
    try:
        return os.path.samestat(os.fstat(lock), path.stat())
    except FileNotFoundError:
        return False


def write(content: Content, submission: UUID, *, file_name: str) -> Staged:
    """Copy the bytes into the held directory of a submission.

    Raises:
        FileTooLargeError: nothing is left in the directory.
    """
    path = content_path(submission, file_name=file_name)
    hasher = hashlib.sha256()
    size = 0
    with path.open("xb") as target:
        while chunk := content.read(_CHUNK_BYTES):
            size += len(chunk)
            if size > settings.MAX_UPLOAD_BYTES:
                wipe(submission)
                raise FileTooLargeError(settings.MAX_UPLOAD_BYTES)
            hasher.update(chunk)
            target.write(chunk)
    return Staged(path, hasher.hexdigest(), size)


def wipe(submission: UUID) -> None:
    """Remove the directory of a submission with everything in it."""
    shutil.rmtree(directory(submission), ignore_errors=True)


def wipe_uploads() -> None:
    """Remove what uploads that broke off have left.

    An upload under way does not notice: its process reads on through the open file.
    """
    for path in Path(settings.FILE_UPLOAD_TEMP_DIR).glob("*.upload*"):
        path.unlink(missing_ok=True)


def list_directories() -> list[UUID]:
    """Return the submissions that have a directory."""
    root = Path(settings.STAGING_DIR)
    names = [path.name for path in root.iterdir()] if root.is_dir() else []
    return [UUID(name) for name in sorted(names) if _NAME.fullmatch(name)]
