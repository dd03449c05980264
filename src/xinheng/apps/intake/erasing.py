"""Let what was handed in go: rows in the archive's parts, and rows kept aside.

A part keeps its rows, with nothing in them but their number, so that counts and places
stay. It becomes another file under another digest; the old one is withdrawn once the
transaction that renamed it has committed (`withdraw_replaced`).
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl
from django.conf import settings
from django.db.models import Q, QuerySet

from xinheng.apps.catalog import operations as catalog
from xinheng.apps.intake import archive, held
from xinheng.apps.intake.models import HeldRow, RejectedKey, Submission

NOTHING = "{}"
ROW = "row"
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Replaced:
    """A part of the archive that was written anew without some rows."""

    kind: archive.Kind
    old: str
    new: str


def erase(
    *, dataset: str, keys: Collection[str], actor: str, at: datetime
) -> tuple[Replaced, ...]:
    """Empty every row of a dataset under these keys, whatever became of it.

    Call it in the erasure's transaction, before the records lose their keys. Nothing of
    the dataset lands until that ends.
    """
    catalog.lock(dataset=dataset)
    replaced = []
    for submission in Submission.objects.filter(dataset=dataset).order_by("id"):
        replaced += list(_rewrite(submission, keys))
    for listed in _in_parts(keys):
        _empty_held(HeldRow.objects.filter(dataset=dataset, natural_key__in=listed))
        _empty_rejected(
            RejectedKey.objects.filter(dataset=dataset, natural_key__in=listed)
        )
    _close_waiting(dataset, actor=actor, at=at)
    return tuple(dict.fromkeys(replaced))


def withdraw_replaced(replaced: Iterable[Replaced]) -> int:
    """Take away the old parts that no submission names any more."""
    withdrawn = 0
    for part in replaced:
        named = Q(accepted_digest=part.old) | Q(rejects_digest=part.old)
        is_there = archive.path(part.kind, part.old).exists()
        if is_there and not Submission.objects.filter(named).exists():
            archive.withdraw(part.kind, part.old)
            withdrawn += 1
    return withdrawn


def _rewrite(submission: Submission, keys: Collection[str]) -> Iterator[Replaced]:
    """Write the parts of a submission anew that hold such rows."""
    changed = []
    if submission.accepted_digest:
        gone = pl.col("natural_key").is_in(list(keys)).fill_null(value=False)
        new = _without("accepted", submission.accepted_digest, gone)
        if new != submission.accepted_digest:
            yield Replaced("accepted", submission.accepted_digest, new)
            submission.accepted_digest = new
            changed.append("accepted_digest")
    if submission.rejects_digest:
        gone = _rejected_rows(submission, keys)
        new = _without("rejects", submission.rejects_digest, gone)
        if new != submission.rejects_digest:
            yield Replaced("rejects", submission.rejects_digest, new)
            submission.rejects_digest = new
            changed.append("rejects_digest")
    if changed:
        submission.save(update_fields=changed)


def _rejected_rows(submission: Submission, keys: Collection[str]) -> pl.Expr:
    """Return which rows of the part to mend are to go.

    Of a file with so many rejected rows that their keys were not kept, all do.
    """
    if (submission.rejected or 0) > held.MOST_REJECTED_KEYS:
        return pl.lit(value=True)
    rows = {
        number
        for listed in _in_parts(keys)
        for table in (HeldRow, RejectedKey)
        for number in table.objects.filter(
            submission=submission, natural_key__in=listed
        ).values_list("row_number", flat=True)
    }
    return pl.col(ROW).is_in(list(rows))


def _without(kind: archive.Kind, digest: str, gone: pl.Expr) -> str:
    """Publish a part without the content of some rows; return its digest."""
    part = pl.read_parquet(archive.path(kind, digest))
    if not part.select(gone.any()).item():
        return digest
    emptied = part.with_columns(
        pl.when(gone).then(None).otherwise(pl.col(name)).alias(name)
        for name in part.columns
        if name != ROW
    )
    with tempfile.TemporaryDirectory(dir=settings.STAGING_DIR) as directory:
        draft = Path(directory) / "part.parquet"
        emptied.write_parquet(draft)
        return archive.publish(kind, draft)


def _empty_held(rows: QuerySet[HeldRow]) -> None:
    for row in rows:
        row.body, row.subject_code = NOTHING, ""
        row.natural_key = _gone(row.submission_id, row.row_number)
        row.save(update_fields=["body", "subject_code", "natural_key"])


def _empty_rejected(rows: QuerySet[RejectedKey]) -> None:
    for row in rows:
        row.natural_key = _gone(row.submission_id, row.row_number)
        row.save(update_fields=["natural_key"])


def _close_waiting(dataset: str, *, actor: str, at: datetime) -> None:
    """Let nobody decide on a row that says nothing any more."""
    HeldRow.objects.filter(
        dataset=dataset,
        natural_key__startswith="erased:",
        closed_by__isnull=True,
        decision="",
    ).update(
        decision=HeldRow.Decision.REJECTED,
        decided_by=actor,
        decided_at=at,
        decision_reason="erased",
    )


def _gone(submission: object, row: int) -> str:
    return f"erased:{submission}.{row}"


def _in_parts(keys: Collection[str]) -> Iterator[list[str]]:
    listed = sorted(keys)
    for begin in range(0, len(listed), _AT_ONCE):
        yield listed[begin : begin + _AT_ONCE]
