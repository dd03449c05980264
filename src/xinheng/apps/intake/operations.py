"""Handing in: a file is received, checked and landed; a nil return is filed.

    receive   the bytes are staged and a worker is to process them (desk, API)
    process   the check and the landing of one received file
    submit    both at once, for a caller who waits (command line)

A file that can't be read leaves nothing behind but, where it was received, the sentence
that says why.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.catalog import queries as catalog
from xinheng.apps.intake import (
    breakdowns,
    checking,
    confirming,
    landing,
    repeats,
    staging,
)
from xinheng.apps.intake.models import Submission, Upload
from xinheng.apps.intake.views import SubmissionView, submission_view
from xinheng.apps.units import queries as units
from xinheng.core.catalog import periods
from xinheng.core.screening import personal_id
from xinheng.pipeline import refusals
from xinheng.pipeline.failures import UnreadableFileError

Origin = Submission.Origin
MOST_ATTEMPTS = 3
LONGEST_NAME = 255


class BusyError(RuntimeError):
    """Another process works on this submission."""


@dataclass(frozen=True, slots=True)
class HandIn:
    """What somebody hands in, and for whom.

    `unit` is a code or a name; `period` (YYYY-MM) null lets each record count in the
    month of its own date. `idempotency_key` is the sender's own name for the act
    (`apps/intake/repeats.py`), null where it gave none. `chosen` maps headers to the
    fields that a person assigned them to; with `confirm_by` the file waits for somebody
    to confirm its columns (`confirming`).
    """

    actor: Actor
    unit: str
    dataset: str
    period: str | None
    file_name: str
    content: staging.Content
    origin: Origin = Origin.FILE
    idempotency_key: str | None = None
    chosen: Mapping[str, str] = field(default_factory=dict)
    confirm_by: datetime | None = None


def receive(hand_in: HandIn, *, at: datetime) -> str:
    """Stage the bytes for a worker and return the submission's id.

    Raises:
        UnreadableFileError: the file's name holds a personal number, or the disk is
            full (`DISK_FULL`).
        NotAllowedError, UnknownUnitError, UnknownDatasetError, InvalidPeriodError,
        FileTooLargeError: nothing is stored.
        KeyReusedError, KeyInFlightError: see `repeats`; nothing is stored.
    """
    submission = new(hand_in, at=at)
    with repeats.alone(submission):
        return str(_receive(submission, hand_in))


def _receive(submission: Submission, hand_in: HandIn) -> uuid.UUID:
    standing = None
    with staging.hold(submission.id, wait=True), _telling():
        try:
            _stage(submission, hand_in)
            standing = repeats.store(submission)
        finally:
            if standing != submission.id:
                staging.wipe(submission.id)
    return standing


def submit(hand_in: HandIn, *, at: datetime, dry_run: bool = False) -> SubmissionView:
    """Check and land a file at once; with `dry_run` say the same and store nothing.

    Raises:
        UnreadableFileError: the file can't be taken, nothing is stored.
        NotAllowedError, UnknownUnitError, UnknownDatasetError, InvalidPeriodError,
        FileTooLargeError: nothing is stored.
    """
    submission = new(hand_in, at=at)
    with staging.hold(submission.id, wait=True), _telling():
        try:
            _stage(submission, hand_in)
            _check_and_land(submission, at=at, dry_run=dry_run)
        finally:
            _clear(submission.id)
    return submission_view(submission)


@contextmanager
def _telling() -> Iterator[None]:
    """Tell a full disk in so many words to somebody who waits for the answer."""
    try:
        yield
    except breakdowns.MACHINE as broken:
        if breakdowns.is_disk_full(broken):
            raise breakdowns.DiskFullError from broken
        raise


def process(*, submission: str, at: datetime) -> SubmissionView:
    """Check and land a received file; a finished submission is returned as it is.

    So is one whose columns a person has to confirm first.

    Raises:
        BusyError: another process holds it.
    """
    identifier = uuid.UUID(submission)
    with staging.hold(identifier) as is_ours:
        if not is_ours:
            raise BusyError(submission)
        row = Submission.objects.select_related("unit").get(id=identifier)
        if row.confirm_by is not None:
            return submission_view(row)
        if not submission_view(row).is_finished:
            _work(row, at=at)
        staging.wipe(identifier)
    return submission_view(row)


def process_next(*, at: datetime) -> SubmissionView | None:
    """Process the longest waiting submission that nobody holds; null if none waits.

    One whose columns a person has to confirm waits for that, and expires.
    """
    confirming.expire(at=at)
    waiting = Submission.objects.filter(
        state__in=[Submission.State.RECEIVED, Submission.State.PROCESSING],
        confirm_by__isnull=True,
    ).order_by("received_at", "id")
    for identifier in waiting.values_list("id", flat=True):
        try:
            return process(submission=str(identifier), at=at)
        except BusyError:
            continue
    return None


def new(hand_in: HandIn, *, at: datetime) -> Submission:
    """Return the row of a submission that may be made; nothing is stored.

    Raises:
        UnreadableFileError: the file's name holds a personal number.
        NotAllowedError, UnknownUnitError, UnknownDatasetError, InvalidPeriodError.
    """
    unit = units.get_unit(hand_in.unit)
    if not hand_in.actor.may_submit_for(unit.code):
        raise NotAllowedError(f"submit for {unit.code}")
    dataset = catalog.get_dataset(hand_in.dataset)
    period = periods.parse(hand_in.period) if hand_in.period else None
    file_name = _storable(hand_in.file_name)
    if personal_id.find(file_name) is not None:
        raise refusals.personal_name()
    return Submission(
        id=uuid.uuid4(),
        unit_id=unit.code,
        dataset=dataset.name,
        edition=dataset.edition,
        period=period,
        file_name=file_name[-LONGEST_NAME:],
        submitted_by=hand_in.actor.account_id,
        received_at=at,
        state=Submission.State.RECEIVED,
        origin=hand_in.origin,
        idempotency_key=hand_in.idempotency_key,
        chosen_columns=dict(hand_in.chosen),
        confirm_by=hand_in.confirm_by,
    )


def _storable(file_name: str) -> str:
    """Return the name without what a database can't hold: NUL, halves of characters."""
    return file_name.replace("\x00", "").encode(errors="replace").decode()


def _stage(submission: Submission, hand_in: HandIn) -> None:
    staged = staging.write(
        hand_in.content, submission.id, file_name=submission.file_name
    )
    submission.file_digest = staged.digest
    submission.file_bytes = staged.size_bytes


def _work(row: Submission, *, at: datetime) -> None:
    """Run one attempt; after too many that died, give up in so many words."""
    checking.withdraw_unnamed(row.id)
    if row.attempts >= MOST_ATTEMPTS:
        _give_up(row, breakdowns.GAVE_UP, at=at)
        return
    row.attempts += 1
    row.state = Submission.State.PROCESSING
    row.save()
    try:
        _check_and_land(row, at=at, dry_run=False)
    except UnreadableFileError as refused:
        _end(row, Submission.State.REFUSED, refused, at=at)
    except breakdowns.MACHINE as broken:
        row.refresh_from_db()
        if row.attempts < MOST_ATTEMPTS:
            breakdowns.raise_as_machine_error(broken)
        checking.withdraw_unnamed(row.id)
        _give_up(row, breakdowns.reason(broken), at=at)


def _give_up(row: Submission, why: UnreadableFileError, *, at: datetime) -> None:
    """End with what the last check found, which nobody else will say again."""
    checking.keep_findings(row)
    _end(row, Submission.State.FAILED, why, at=at)


def _end(
    row: Submission, state: Submission.State, why: UnreadableFileError, *, at: datetime
) -> None:
    row.state = state
    row.error_code = why.code
    row.error_zh = why.message_zh
    row.error_en = why.message_en
    row.finished_at = at
    row.save()


def _check_and_land(submission: Submission, *, at: datetime, dry_run: bool) -> None:
    dataset = catalog.get_dataset(submission.dataset)
    on: date = timezone.localdate(at)
    report = checking.check(submission, dataset=dataset, on=on, dry_run=dry_run)
    landing.land(submission, report, dataset=dataset, at=at, dry_run=dry_run)


def sweep() -> int:
    """Wipe what a process that died left in staging; return how many were wiped.

    A file that still waits for a worker stays, and so do the pieces of an upload that
    has not expired (`uploads.tidy`). Call it when a process starts.
    """
    wiped = 0
    staging.wipe_uploads()
    checking.withdraw_partials()
    for identifier in staging.list_directories():
        with staging.hold(identifier) as is_ours:
            if is_ours and not _waits(identifier):
                _clear(identifier)
                wiped += 1
    return wiped


def _clear(identifier: uuid.UUID) -> None:
    """Wipe staging, and what a landing that never committed put into the archive."""
    try:
        checking.withdraw_unnamed(identifier)
    finally:
        staging.wipe(identifier)


def _waits(identifier: uuid.UUID) -> bool:
    waiting = Submission.objects.filter(
        id=identifier,
        state__in=[Submission.State.RECEIVED, Submission.State.PROCESSING],
    )
    coming = Upload.objects.filter(id=identifier, submission__isnull=True)
    return waiting.exists() or coming.exists()
