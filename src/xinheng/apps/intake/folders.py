"""A watched folder: a department's machine puts files in, verdicts come back.

    PATH/permits.csv            put in by the department
    PATH/taken/permits.csv      complete, and ours until the verdict
    PATH/done/ID-permits.csv    with ID-permits.csv.json and ID-permits.csv.findings.csv
    PATH/refused/...            the same for a file that could not be taken

Where a file lies says how far it is, so a worker that died is followed by one that goes
on: a file of the same name and content is one submission however often it is read. A
file with a personal number is removed once its verdict is written; the sender has it.

The other side is not trusted: directories are entered by descriptor, links are never
followed, and nothing is opened but plain files with one name.
"""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import stat
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from xinheng.apps.intake import (
    breakdowns,
    operations,
    queries,
    repeats,
    sources,
    staging,
)
from xinheng.apps.intake.models import Submission
from xinheng.apps.intake.views import SubmissionView
from xinheng.core.screening import personal_id
from xinheng.pipeline import parts, refusals
from xinheng.pipeline.failures import UnreadableFileError

TAKEN, DONE, REFUSED = "taken", "done", "refused"
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_PLAIN_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_CHUNK_BYTES = 1024 * 1024
_IN_THE_WAY = (".", "~")  # hidden, or still being written


@dataclass(frozen=True, slots=True)
class Doors:
    """Descriptors of the folder and of its three rooms."""

    root: int
    taken: int
    done: int
    refused: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is written beside a file; never a value of it.

    `counts` is null unless the file was completed; the error is empty if it was.
    """

    submission: str | None
    state: str
    dataset: str
    unit: str
    period: str | None
    file_digest: str
    counts: dict[str, int] | None
    findings: dict[str, int]
    skipped: list[dict[str, str]]
    notes: int
    ledger_seq: int | None
    error_code: str
    error_zh: str
    error_en: str
    removed: bool


def drain(folder: sources.Folder, *, at: datetime) -> list[str]:
    """Take what is complete and finish what is taken; return the submissions' ids.

    Raises:
        SourceFailedError: the folder can't be entered (`FOLDER_UNREADABLE`).
        UnknownUnitError, UnknownDatasetError: what is configured is not there.
    """
    with staging.hold_name(sources.account_of(folder.name)) as is_ours:
        if not is_ours:
            return []
        with _open(folder) as doors:
            for name in _complete(doors, folder, at=at):
                _take(doors, name, folder)
            ended = [
                _finish(doors, folder, name, at=at) for name in _names(doors.taken)
            ]
    return [each for each in ended if each]


def reach(folder: sources.Folder) -> None:
    """Open the folder and its rooms.

    Raises:
        SourceFailedError: it can't be entered.
    """
    with _open(folder):
        pass


@contextmanager
def _open(folder: sources.Folder) -> Iterator[Doors]:
    opened: list[int] = []
    try:
        # The path is the operator's own and may lead over a link; below it none may.
        opened.append(os.open(folder.path, os.O_RDONLY | os.O_DIRECTORY))
        for room in (TAKEN, DONE, REFUSED):
            with suppress(FileExistsError):
                os.mkdir(room, 0o770, dir_fd=opened[0])
            opened.append(os.open(room, _DIRECTORY, dir_fd=opened[0]))
        yield Doors(*opened)
    except OSError as refused:
        if len(opened) == len((TAKEN, DONE, REFUSED)) + 1:
            raise
        raise sources.SourceFailedError("FOLDER_UNREADABLE") from refused
    finally:
        for descriptor in opened:
            os.close(descriptor)


def _names(directory: int) -> list[str]:
    """Return the names of plain files, in order; links and directories are left."""
    with os.scandir(directory) as entries:
        return sorted(
            each.name for each in entries if each.is_file(follow_symlinks=False)
        )


def _complete(doors: Doors, folder: sources.Folder, *, at: datetime) -> Iterator[str]:
    names = _names(doors.root)
    there = set(names)
    for name in names:
        if name.startswith(_IN_THE_WAY) or _is_mark(name, folder):
            continue
        if folder.done_suffix and name + folder.done_suffix not in there:
            continue
        if _is_settled(doors.root, name, folder, at=at):
            yield name


def _is_mark(name: str, folder: sources.Folder) -> bool:
    return bool(folder.done_suffix) and name.endswith(folder.done_suffix)


def _is_settled(
    directory: int, name: str, folder: sources.Folder, *, at: datetime
) -> bool:
    """Tell whether nothing about the file changed lately.

    Every write sets the time of change, which nobody can set back, so it says as much
    as two looks at the size. A second name means that it is still being delivered.
    """
    try:
        found = os.stat(name, dir_fd=directory, follow_symlinks=False)
    except FileNotFoundError:
        return False
    if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
        return False
    if folder.done_suffix:
        return True
    return at.timestamp() - max(found.st_ctime, found.st_mtime) >= folder.settle_seconds


def _take(doors: Doors, name: str, folder: sources.Folder) -> None:
    """Move a file into `taken`, unless one of that name is there still."""
    if name in _names(doors.taken):
        return
    with suppress(FileNotFoundError):
        os.rename(name, name, src_dir_fd=doors.root, dst_dir_fd=doors.taken)
        if folder.done_suffix:
            os.unlink(name + folder.done_suffix, dir_fd=doors.root)


def _finish(
    doors: Doors, folder: sources.Folder, name: str, *, at: datetime
) -> str | None:
    """Hand a taken file in, and put it away once its verdict stands."""
    try:
        verdict = _judged(doors, folder, name, at=at)
    except PermissionError:
        verdict = _refusal(folder, refusals.unopened(), removed=False)
    if verdict is not None:
        _put_away(doors, folder, name, verdict)
    return verdict.submission if verdict else None


def _judged(
    doors: Doors, folder: sources.Folder, name: str, *, at: datetime
) -> Verdict | None:
    if personal_id.find(_shown(name)) is not None:
        return _refusal(folder, refusals.personal_name(), removed=True)
    content = _open_plain(doors.taken, name)
    if content is None:
        return None
    with content:
        return _handed_in(folder, name, content, at=at)


def _open_plain(directory: int, name: str) -> io.BufferedReader | None:
    try:
        descriptor = os.open(name, _PLAIN_FILE, dir_fd=directory)
    except OSError as refused:
        if refused.errno in {errno.ELOOP, errno.ENOENT}:
            return None
        raise
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
        os.close(descriptor)
        return None
    return os.fdopen(descriptor, "rb")


def _handed_in(
    folder: sources.Folder, name: str, content: io.BufferedReader, *, at: datetime
) -> Verdict | None:
    """Return the verdict on a file; null while another process works on it."""
    before = os.fstat(content.fileno())
    digest = hashlib.file_digest(content, "sha256").hexdigest()
    content.seek(0)
    after = os.fstat(content.fileno())
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        return None
    named = (folder.unit, folder.dataset, _shown(name))
    key = hashlib.sha256(f"{named!r} {digest}".encode()).hexdigest()
    who = sources.actor(folder)
    repeats.forget_failed(account=who.account_id, key=key)
    hand_in = operations.HandIn(
        actor=who,
        unit=folder.unit,
        dataset=folder.dataset,
        period=_period(folder, who.account_id, key, at=at),
        file_name=_shown(name),
        content=content,
        origin=operations.Origin.FOLDER,
        idempotency_key=key,
    )
    try:
        done = operations.process(submission=operations.receive(hand_in, at=at), at=at)
    except breakdowns.DiskFullError as full:
        raise sources.SourceFailedError(full.code) from full
    except UnreadableFileError as why:
        return _refusal(folder, why, removed=False)
    except staging.FileTooLargeError:
        return _refusal(folder, _TOO_LARGE, removed=False)
    except (operations.BusyError, repeats.KeyInFlightError):
        return None
    return _verdict(done)


_TOO_LARGE = UnreadableFileError(
    "FILE_TOO_LARGE",
    "文件过大，请分批报送。",
    "The file is too large; split it.",
)


def _period(
    folder: sources.Folder, account: str, key: str, *, at: datetime
) -> str | None:
    """Return the month of a file: that of its first time, where it is not the first."""
    earlier = Submission.objects.filter(submitted_by=account, idempotency_key=key)
    for period in earlier.values_list("period", flat=True):
        return period
    return sources.period(folder, at=at)


def _shown(name: str) -> str:
    """Return the name as text, with a mark for what is no character."""
    return name.encode(errors="replace").decode()


def _verdict(done: SubmissionView) -> Verdict:
    return Verdict(
        submission=done.id,
        state=done.state,
        dataset=done.dataset,
        unit=done.unit_code,
        period=done.period,
        file_digest=done.file_digest,
        counts=asdict(done.counts) if done.counts else None,
        findings=dict(done.findings),
        skipped=[parts.told(each) for each in done.skipped],
        notes=done.notes,
        ledger_seq=done.ledger_seq,
        error_code=done.error_code,
        error_zh=done.error_zh,
        error_en=done.error_en,
        removed=done.personal_data or done.error_code == "PERSONAL_ID",
    )


def _refusal(
    folder: sources.Folder, why: UnreadableFileError, *, removed: bool
) -> Verdict:
    """Return the verdict on a file of which the register knows nothing."""
    return Verdict(
        submission=None,
        state="REFUSED",
        dataset=folder.dataset,
        unit=folder.unit,
        period=None,
        file_digest="",
        counts=None,
        findings={},
        skipped=[],
        notes=0,
        ledger_seq=None,
        error_code=why.code,
        error_zh=why.message_zh,
        error_en=why.message_en,
        removed=removed,
    )


def _put_away(
    doors: Doors, folder: sources.Folder, name: str, verdict: Verdict
) -> None:
    """Write the verdict, then move the file beside it or remove it."""
    room = doors.done if verdict.state == "COMPLETED" else doors.refused
    mark = (verdict.submission or uuid.uuid4().hex)[:8]
    kept = mark if verdict.error_code == "PERSONAL_ID" else f"{mark}-{_fitting(name)}"
    findings = _findings(folder, verdict)
    if findings:
        _write(room, f"{kept}.findings.csv", findings)
    _write(room, f"{kept}.json", _as_json(verdict))
    if verdict.removed:
        os.unlink(name, dir_fd=doors.taken)
    else:
        os.rename(name, kept, src_dir_fd=doors.taken, dst_dir_fd=room)


_LONGEST = 200  # bytes of a name, so that what is added to it still fits


def _fitting(name: str) -> str:
    return os.fsdecode(os.fsencode(name)[-_LONGEST:])


def _as_json(verdict: Verdict) -> bytes:
    told: dict[str, Any] = asdict(verdict)
    return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()


def _findings(folder: sources.Folder, verdict: Verdict) -> bytes:
    """Return the findings by row as `rejects.csv`, in which no text is the file's."""
    if verdict.submission is None:
        return b""
    who = sources.actor(folder)
    return queries.rejects_csv(actor=who, submission=verdict.submission)


def _write(directory: int, name: str, content: bytes) -> None:
    """Write a file whole or not at all; what stands under the name is replaced."""
    part = f".{uuid.uuid4().hex}.part"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    descriptor = os.open(part, flags, 0o640, dir_fd=directory)
    try:
        with os.fdopen(descriptor, "wb") as target:
            target.write(content)
            target.flush()
            os.fsync(target.fileno())
        os.rename(part, name, src_dir_fd=directory, dst_dir_fd=directory)
    except OSError:
        os.unlink(part, dir_fd=directory)
        raise
