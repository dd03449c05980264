"""Large files that arrive in pieces and go on where they broke off.

    begin     the file is announced: whose, of what, how many bytes
    add       a piece is written, made durable, and only then counted
    finish    all bytes are there: the upload becomes a submission of the same id

The bytes lie in the staging directory of the upload's id, so finishing renames one file
and stores one row, and a second finish finds that row. A process may die at any point:
bytes beyond the counted ones are cut off by the next piece.
"""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.intake import breakdowns, operations, repeats, staging
from xinheng.apps.intake.models import Submission, Upload

MOST_AT_ONCE = 20
_CHUNK_BYTES = 1024 * 1024
_PIECES = "pieces"


class UnknownUploadError(LookupError):
    """There is no such upload of this account, or it has expired."""


class TooManyUploadsError(RuntimeError):
    """The account has `MOST_AT_ONCE` uploads under way."""


class WrongSizeError(ValueError):
    """The announced size is nothing, or a piece goes beyond it."""


class UploadBusyError(RuntimeError):
    """Another request writes to this upload."""


class WrongOffsetError(ValueError):
    """The piece does not begin where the upload ends."""

    def __init__(self, expected: int) -> None:
        super().__init__(f"expected {expected}")
        self.expected = expected


class WrongDigestError(ValueError):
    """The piece is not the one whose digest was given; nothing of it is kept."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """A file that is to come; `content` of the hand-in is not read."""

    hand_in: operations.HandIn
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes that begin at `offset`; `digest` is their SHA-256 where one was given."""

    offset: int
    content: staging.Content
    digest: bytes | None = None


@dataclass(frozen=True, slots=True)
class UploadView:
    """An upload as its sender sees it; `submission` is null until it is handed in."""

    id: str
    size_bytes: int
    received_bytes: int
    expires_at: datetime
    submission: str | None


def begin(announced: Announcement, *, at: datetime) -> UploadView:
    """Announce a file; under the same key the same announcement is answered again.

    Raises:
        UnreadableFileError: the file's name holds a personal number.
        NotAllowedError, UnknownUnitError, UnknownDatasetError, InvalidPeriodError,
        FileTooLargeError, WrongSizeError, TooManyUploadsError, KeyReusedError.
    """
    row = _announced(announced, at=at)
    if (earlier := _same_key(row)) is not None:
        return earlier
    under_way = Upload.objects.filter(
        started_by=row.started_by, submission__isnull=True, expires_at__gt=at
    )
    if under_way.count() >= MOST_AT_ONCE:
        raise TooManyUploadsError
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        if (earlier := _same_key(row)) is None:
            raise
        return earlier
    return _view(row)


def _announced(announced: Announcement, *, at: datetime) -> Upload:
    if announced.size_bytes < 1:
        raise WrongSizeError
    if announced.size_bytes > settings.MAX_UPLOAD_BYTES:
        raise staging.FileTooLargeError(settings.MAX_UPLOAD_BYTES)
    submission = operations.new(announced.hand_in, at=at)
    return Upload(
        unit_id=submission.unit_id,
        dataset=submission.dataset,
        period=submission.period,
        file_name=submission.file_name,
        size_bytes=announced.size_bytes,
        started_by=submission.submitted_by,
        started_at=at,
        expires_at=at + timedelta(hours=settings.UPLOAD_HOURS),
        idempotency_key=submission.idempotency_key,
    )


_ANNOUNCED = ("unit_id", "dataset", "period", "file_name", "size_bytes")


def _same_key(row: Upload) -> UploadView | None:
    if row.idempotency_key is None:
        return None
    earlier = Upload.objects.filter(
        started_by=row.started_by, idempotency_key=row.idempotency_key
    ).first()
    if earlier is None:
        return None
    if any(getattr(row, name) != getattr(earlier, name) for name in _ANNOUNCED):
        raise repeats.KeyReusedError
    return _view(earlier)


def get_upload(*, actor: Actor, upload: str, at: datetime) -> UploadView:
    """Return how far an upload is; one that has all its bytes is handed in.

    Raises:
        UnknownUploadError: none of that id that this account began.
        UploadBusyError: its last piece is being handed in at this moment.
    """
    row = _get(actor, upload, at=at)
    if _is_whole(row):
        with _held(row.id):
            row.refresh_from_db()
            _finish(row, actor, at=at)
    return _view(row)


def add(*, actor: Actor, upload: str, piece: Piece, at: datetime) -> UploadView:
    """Write a piece; the last one hands the file in.

    Raises:
        UnknownUploadError, UploadBusyError, WrongOffsetError, WrongDigestError,
        WrongSizeError: nothing of the piece is kept.
        DiskFullError: nothing of the piece is kept; try again once there is room.
    """
    row = _get(actor, upload, at=at)
    if row.submission_id is not None:
        return _handed_in(row, piece)
    with _held(row.id):
        row = _get(actor, upload, at=at)
        if piece.offset != row.received_bytes:
            raise WrongOffsetError(row.received_bytes)
        row.received_bytes = _write(row, piece)
        row.save(update_fields=["received_bytes"])
        _finish(row, actor, at=at)
    return _view(row)


def _handed_in(row: Upload, piece: Piece) -> UploadView:
    """Answer a piece that comes too late: none is missing."""
    if piece.offset != row.received_bytes or piece.content.read(1):
        raise WrongOffsetError(row.received_bytes)
    return _view(row)


def abort(*, actor: Actor, upload: str, at: datetime) -> None:
    """End an upload and wipe its bytes; what is handed in already stays so.

    Raises:
        UnknownUploadError, UploadBusyError.
    """
    identifier = _get(actor, upload, at=at).id
    with _held(identifier):
        _drop(identifier)


def tidy(*, at: datetime) -> int:
    """Hand in what is whole, wipe what has expired; return how many were wiped.

    What can't be handed in any more (the unit was closed, the key used for something
    else) waits for its end.
    """
    for row in Upload.objects.filter(submission__isnull=True, expires_at__gt=at):
        if _is_whole(row):
            with suppress(*_NEVER_MORE), _held(row.id):
                row.refresh_from_db()
                _finish(row, _sender(row), at=at)
    Upload.objects.filter(expires_at__lte=at, submission__isnull=False).delete()
    return sum(_expire(row) for row in Upload.objects.filter(expires_at__lte=at))


_NEVER_MORE = (
    LookupError,
    UploadBusyError,
    NotAllowedError,
    Upload.DoesNotExist,
    repeats.KeyReusedError,
)


def _expire(row: Upload) -> int:
    with staging.hold(row.id) as is_ours:
        if not is_ours:
            return 0
        return _drop(row.id)


def _drop(identifier: uuid.UUID) -> int:
    """Delete an upload that is not handed in, with its bytes; return 1 if it was."""
    still_open = Upload.objects.filter(id=identifier, submission__isnull=True)
    gone, _ = still_open.delete()
    if gone:
        staging.wipe(identifier)
    return gone


@contextmanager
def _held(identifier: uuid.UUID) -> Iterator[None]:
    with staging.hold(identifier) as is_ours:
        if not is_ours:
            raise UploadBusyError
        yield


def _get(actor: Actor, upload: str, *, at: datetime) -> Upload:
    try:
        identifier = uuid.UUID(upload)
    except ValueError:
        raise UnknownUploadError(upload) from None
    row = Upload.objects.filter(
        id=identifier, started_by=actor.account_id, expires_at__gt=at
    ).first()
    if row is None:
        raise UnknownUploadError(upload)
    return row


def _write(row: Upload, piece: Piece) -> int:
    """Append the piece durably and return how many bytes there are now."""
    path = staging.directory(row.id) / _PIECES
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
    descriptor = os.open(path, flags, 0o600)
    try:
        if os.fstat(descriptor).st_size < row.received_bytes:
            raise UnknownUploadError(str(row.id))  # the directory was wiped or restored
        return _append(descriptor, row, piece)
    finally:
        os.close(descriptor)


def _append(descriptor: int, row: Upload, piece: Piece) -> int:
    is_kept = False
    os.ftruncate(descriptor, row.received_bytes)
    try:
        end = _copy(descriptor, row, piece)
        os.fsync(descriptor)
        _sync_directory(staging.directory(row.id))
        is_kept = True
        return end
    except OSError as broken:
        if breakdowns.is_disk_full(broken):
            raise breakdowns.DiskFullError from broken
        raise
    finally:
        if not is_kept:
            os.ftruncate(descriptor, row.received_bytes)


def _copy(descriptor: int, row: Upload, piece: Piece) -> int:
    hasher = hashlib.sha256()
    end = row.received_bytes
    while chunk := piece.content.read(_CHUNK_BYTES):
        if end + len(chunk) > row.size_bytes:
            raise WrongSizeError
        hasher.update(chunk)
        _write_all(descriptor, chunk, at=end)
        end += len(chunk)
    if piece.digest is not None and hasher.digest() != piece.digest:
        raise WrongDigestError
    return end


def _write_all(descriptor: int, chunk: bytes, *, at: int) -> None:
    rest = memoryview(chunk)
    while rest:
        written = os.pwrite(descriptor, rest, at)
        at, rest = at + written, rest[written:]


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_whole(row: Upload) -> bool:
    return row.submission_id is None and row.received_bytes == row.size_bytes


def _finish(row: Upload, actor: Actor, *, at: datetime) -> None:
    """Hand a whole upload in; the caller holds its directory."""
    if not _is_whole(row):
        return
    path = staging.content_path(row.id, file_name=row.file_name)
    pieces = path.parent / _PIECES
    if pieces.exists():
        pieces.rename(path)
        _sync_directory(path.parent)
    if not path.is_file():
        raise UnknownUploadError(str(row.id))
    row.submission = _hand_in(row, actor, path, at=at)


def _hand_in(row: Upload, actor: Actor, path: Path, *, at: datetime) -> Submission:
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
        submission = operations.new(_described(row, actor, content), at=at)
    submission.id, submission.file_bytes = row.id, row.size_bytes
    submission.file_digest = digest
    with transaction.atomic():
        standing = repeats.store(submission)
        Upload.objects.filter(id=row.id).update(submission=standing)
    if standing != row.id:
        staging.wipe(row.id)
    return Submission.objects.get(id=standing)


def _described(
    row: Upload, actor: Actor, content: staging.Content
) -> operations.HandIn:
    return operations.HandIn(
        actor=actor,
        unit=row.unit_id,
        dataset=row.dataset,
        period=row.period,
        file_name=row.file_name,
        content=content,
        origin=operations.Origin.API,
        idempotency_key=row.idempotency_key,
    )


def _sender(row: Upload) -> Actor:
    """Return who began the upload; the right to do so was asked for then."""
    return Actor(row.started_by, units=frozenset({row.unit_id}))


def _view(row: Upload) -> UploadView:
    submission = row.submission_id
    return UploadView(
        id=str(row.id),
        size_bytes=row.size_bytes,
        received_bytes=row.received_bytes,
        expires_at=row.expires_at,
        submission=str(submission) if submission else None,
    )
