"""Releases: rows that were kept aside land as records, by a decision or by themselves.

A release is a submission of its own (`origin` RELEASE) with counts that add up and a
ledger entry that names the submission and the rows it comes from. The rows stay counted
where they were handed in, as questionable or unlinked; there they are closed.

A row without a known organization waits for the register. `release_known` lands what it
knows by now; the worker calls it whenever the register has changed.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from xinheng.apps.catalog import operations as catalog
from xinheng.apps.intake import archive, checking, held, kept, plausibility, staging
from xinheng.apps.intake.models import HeldRow, Submission
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.organizations import queries as organizations
from xinheng.apps.outbox import operations as outbox
from xinheng.apps.records import in_force
from xinheng.apps.records import landing as records
from xinheng.core.catalog.datasets import Dataset
from xinheng.core.submissions.outcomes import Counts
from xinheng.core.submissions.plausibility import ranges

# Who acts where nobody decides: the register has come to know an organization.
WORKER = "worker"
OTHER_UNIT = "OTHER_UNIT"
_CODES_AT_ONCE = 1000


class ForeignRowsError(RuntimeError):
    """A row of another unit was about to be released: a defect of this program."""


@dataclass(frozen=True, slots=True)
class Release:
    """Rows of one submission that land; `rows` as `kept.read` returns them.

    `decided` are the columns of the decision, empty where nobody had to decide.
    `taken_over` are the natural keys whose records another unit gives up.
    """

    original: Submission
    dataset: Dataset
    rows: pl.DataFrame
    by: str
    reason: str
    decided: dict[str, object]
    taken_over: frozenset[str] = frozenset()


class Workplace:
    """The staging directories of releases under way, which a sweep leaves alone."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack

    def open(self, release: uuid.UUID) -> Path:
        """Return a directory for what the release puts into the archive."""
        self._stack.enter_context(staging.hold(release, wait=True))
        self._stack.callback(_clear, release)
        return staging.work_directory(release)


@contextmanager
def workplace() -> Iterator[Workplace]:
    """Yield a workplace; open it around the transaction.

    At the end it is wiped, and with it what a transaction that broke off had put into
    the archive.
    """
    with ExitStack() as stack:
        yield Workplace(stack)


def _clear(release: uuid.UUID) -> None:
    try:
        checking.withdraw_unnamed(release)
    finally:
        staging.wipe(release)


def land(release: Release, place: Workplace, *, at: datetime) -> Submission:
    """Land the rows in the caller's transaction and return the release.

    The caller holds the dataset's lock and the rows, and knows that each row's
    organization is registered.

    Raises:
        ForeignRowsError: a row's record is another unit's and not taken over.
    """
    submission = _new(release, at=at)
    in_force.give_up(
        dataset=submission.dataset,
        unit=submission.unit_id,
        keys=release.taken_over,
        landing=submission.id,
        at=at,
    )
    landed = records.land(_batch(release, submission), at=at)
    if landed.foreign_rows:
        raise ForeignRowsError
    _settle(submission, landed, rows=release.rows.height)
    submission.accepted_digest = _archive(release, place.open(submission.id))
    numbers = release.rows["row"]
    held.close_released(submission, release.original, numbers, **release.decided)
    plausibility.look_at_release(submission, at=at)
    _append(submission, release, landed, at=at)
    return submission


def _new(release: Release, *, at: datetime) -> Submission:
    original = release.original
    return Submission(
        id=uuid.uuid4(),
        unit_id=original.unit_id,
        dataset=original.dataset,
        edition=original.edition,
        period=original.period,
        file_name=original.file_name,
        file_digest=original.file_digest,
        file_bytes=0,
        submitted_by=release.by,
        received_at=at,
        finished_at=at,
        state=Submission.State.COMPLETED,
        origin=Submission.Origin.RELEASE,
    )


def _batch(release: Release, submission: Submission) -> records.Batch:
    date = release.dataset.decided_on
    decided_on = pl.col(date) if date else pl.lit(None, pl.Date)
    # A row without any month counts in the one in which it was handed in.
    received = timezone.localdate(release.original.received_at)
    return records.Batch(
        submission=submission.id,
        dataset=submission.dataset,
        edition=submission.edition,
        unit=submission.unit_id,
        period=submission.period,
        received_period=f"{received:%Y-%m}",
        rows=release.rows.select(
            "row", "organization", "natural_key", decided_on.alias("decided_on"), "body"
        ),
    )


def _settle(submission: Submission, landed: records.Landed, *, rows: int) -> None:
    counts = Counts(
        rows_read=rows,
        new=landed.new,
        changed=landed.changed,
        unchanged=landed.unchanged,
        rejected=0,
        questionable=0,
        unlinked=0,
    )
    for name in Counts.__slots__:
        setattr(submission, name, getattr(counts, name))
    submission.rows_done = rows


def _archive(release: Release, work: Path) -> str:
    """Put the rows into the archive in the form of accepted rows."""
    stored = [field.name for field in release.dataset.stored_fields]
    path = work / "accepted.parquet"
    release.rows.select("row", "organization", "natural_key", *stored).write_parquet(
        path, compression="lz4"
    )
    return archive.publish("accepted", path)


def _append(
    submission: Submission, release: Release, landed: records.Landed, *, at: datetime
) -> None:
    counts = {name: getattr(submission, name) for name in Counts.__slots__}
    body = {
        "unit": submission.unit_id,
        "dataset": submission.dataset,
        "edition": submission.edition,
        "period": submission.period,
        "released_from": str(release.original.id),
        "rows": ranges(release.rows["row"]),
        "taken_over": len(release.taken_over),
        "reason": release.reason,
        "counts": counts,
        "rows_root": landed.rows_root,
        "accepted_sha256": submission.accepted_digest,
    }
    appended = ledger.append(
        kind="submission.released",
        subject=f"submission:{submission.id}",
        actor=release.by,
        body=body,
        at=at,
    )
    records.seal(submission=submission.id, ledger_seq=appended.seq)
    submission.ledger_seq = appended.seq
    submission.save(force_insert=True)
    outbox.queue(
        topic="submission.released",
        subject=f"unit:{submission.unit_id}",
        payload={
            "submission": str(submission.id),
            "released_from": str(release.original.id),
            "counts": counts,
        },
        ledger_seq=appended.seq,
        at=at,
    )


def release_known(*, at: datetime, codes: Collection[str] | None = None) -> int:
    """Land the rows that waited for an organization which the register now holds.

    `codes` null means every code that a row waits for. A name that the register does
    not hold for the code, and a record that is another unit's, become questions. Each
    submission's rows land in a transaction of their own; called again, or by two
    workers at once, it lands nothing twice. Returns the number of rows that landed.
    """
    waiting = open_unlinked()
    if codes is None:
        codes = waiting.values_list("subject_code", flat=True).distinct()
    known = _known(codes)
    originals: dict[uuid.UUID, set[str]] = {}
    for part in _parts(known):
        found = waiting.filter(subject_code__in=part)
        for original, code in found.values_list("submission_id", "subject_code"):
            originals.setdefault(original, set()).add(code)
    landed = 0
    for original in sorted(originals):
        with workplace() as place:
            landed += _release_known(original, originals[original], place, at=at)
    return landed


def open_unlinked() -> QuerySet[HeldRow]:
    """Return the rows that wait for their organization."""
    return HeldRow.objects.filter(
        reason=HeldRow.Reason.UNLINKED, closed_by__isnull=True, decision=""
    )


def codes_awaited(*, submission: str) -> frozenset[str]:
    """Return the codes of the organizations that a submission's rows wait for."""
    mine = open_unlinked().filter(submission_id=uuid.UUID(submission))
    return frozenset(mine.values_list("subject_code", flat=True).distinct())


def _known(codes: Collection[str]) -> list[str]:
    register = organizations.register()
    wanted = pl.Series(sorted({code for code in codes if code}), dtype=pl.String)
    return sorted(register.lookup(wanted)["code"].unique()) if len(wanted) else []


def _parts(codes: list[str]) -> Iterator[list[str]]:
    for begin in range(0, len(codes), _CODES_AT_ONCE):
        yield codes[begin : begin + _CODES_AT_ONCE]


@transaction.atomic
def _release_known(
    identifier: uuid.UUID, codes: set[str], place: Workplace, *, at: datetime
) -> int:
    """Land what one submission's rows with these codes waited for."""
    original = Submission.objects.get(id=identifier)
    catalog.lock(dataset=original.dataset)
    mine = open_unlinked().filter(submission_id=identifier)
    numbers = [
        row.row_number for row in mine.select_for_update() if row.subject_code in codes
    ]
    dataset = kept.dataset_of(original)
    rows = kept.read(mine, dataset).filter(
        pl.col("row").is_in(numbers) & ~pl.col("is_unlinked")
    )
    foreign = in_force.find_foreign(
        dataset=original.dataset,
        unit=original.unit_id,
        keys=rows["natural_key"].to_list(),
    )
    is_foreign = pl.col("natural_key").is_in(list(foreign))
    doubted = {
        kept.NAME_MISMATCH: rows.filter("differs"),
        OTHER_UNIT: rows.filter(is_foreign & ~pl.col("differs")),
    }
    sound = rows.filter(~pl.col("differs") & ~is_foreign)
    _question(original, doubted, at=at)
    if sound.height:
        release = Release(original, dataset, sound, WORKER, "", {})
        land(release, place, at=at)
    return sound.height


def _question(
    original: Submission, doubted: dict[str, pl.DataFrame], *, at: datetime
) -> None:
    """Hand rows to a person that the register's news made doubtful."""
    told = {rule: rows["row"] for rule, rows in doubted.items() if rows.height}
    if not told:
        return
    for rule, numbers in told.items():
        held.question(original, numbers, rule=rule)
    ledger.append(
        kind="submission.questioned",
        subject=f"submission:{original.id}",
        actor=WORKER,
        body={"rows": {rule: ranges(numbers) for rule, numbers in told.items()}},
        at=at,
    )
