"""A file that waits until a person has confirmed what its columns are.

    begin     look at the file; where nothing has to be asked it goes on to a worker
    look      what each column would be taken for
    confirm   the columns are these: on to a worker, remembered for the next file
    cancel    the file is not to be checked after all
    expire    nobody confirmed in time: the bytes are wiped

Until then the submission is RECEIVED with `confirm_by` set, and no worker takes it.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.catalog import queries as catalog
from xinheng.apps.intake import mappings, queries, staging
from xinheng.apps.intake.models import Submission
from xinheng.pipeline import preview as previews
from xinheng.pipeline.failures import UnreadableFileError
from xinheng.pipeline.preview import Preview

CONFIRM_WITHIN = timedelta(hours=24)
MOST_BYTES = 20_000_000  # of a file that is looked at unasked, while somebody waits
CANCELLED = UnreadableFileError(
    "CANCELLED",
    "报送人已取消，文件已删除，未入库。",
    "The sender cancelled; the file was deleted and nothing of it was stored.",
)
NOT_CONFIRMED = UnreadableFileError(
    "NOT_CONFIRMED",
    "24小时内没有确认各列对应的字段，文件已删除，未入库，请重新报送。",
    "Nobody confirmed the columns within 24 hours; the file was deleted and nothing of"
    " it was stored. Hand it in again.",
)


class NotWaitingError(LookupError):
    """The submission does not wait any more: it was taken, or it has ended."""


def begin(*, actor: Actor, submission: str, is_asked: bool) -> bool:
    """Look at the columns of a file that waits; tell whether a person is to look, too.

    That is so where the person asked for it, where a required column is missing, and
    where nobody knows what a header means. Otherwise the file goes on to a worker, who
    also says why a file can't be read. A file above MOST_BYTES is looked at only if the
    person asks.
    """
    row = _get(actor, submission)
    is_small = row.file_bytes <= MOST_BYTES
    shown = _try_preview(row) if is_asked or is_small else None
    if shown is not None and (is_asked or _needs_a_look(shown)):
        return True
    _release(row.id, {})
    return False


def _try_preview(row: Submission) -> Preview | None:
    try:
        return _preview(row, row.chosen_columns)
    except UnreadableFileError:
        return None


def _needs_a_look(shown: Preview) -> bool:
    unknown = [
        column for column in shown.columns if column.header.strip() and not column.why
    ]
    return bool(shown.missing or unknown or shown.refusal)


def look(
    *, actor: Actor, submission: str, chosen: Mapping[str, str] | None = None
) -> Preview:
    """Return what each column would be taken for, given what is chosen.

    Raises:
        UnknownSubmissionError: none of that id that the actor may see.
        NotWaitingError: it does not wait.
        UnreadableFileError: the file can't be taken whatever its columns are.
    """
    row = _get(actor, submission)
    return _preview(row, {**row.chosen_columns, **(chosen or {})})


@transaction.atomic
def confirm(
    *, actor: Actor, submission: str, chosen: Mapping[str, str], at: datetime
) -> None:
    """Let the file go on with these columns, and remember them for the unit.

    Raises:
        UnknownSubmissionError, NotWaitingError, UnreadableFileError: as `look`; also
            where the columns would be refused.
    """
    row = _get(actor, submission)
    shown = _preview(row, {**row.chosen_columns, **chosen})
    if shown.refusal is not None:
        raise shown.refusal
    _release(row.id, shown.assigned)
    mappings.remember(
        actor=actor, unit=row.unit_id, dataset=row.dataset, chosen=chosen, at=at
    )


@transaction.atomic
def _release(submission: uuid.UUID, chosen: Mapping[str, str]) -> None:
    row = Submission.objects.select_for_update().get(id=submission)
    if row.confirm_by is None or row.state != Submission.State.RECEIVED:
        raise NotWaitingError(str(submission))
    row.chosen_columns = {**row.chosen_columns, **chosen}
    row.confirm_by = None
    row.save(update_fields=["chosen_columns", "confirm_by"])


def cancel(*, actor: Actor, submission: str, at: datetime) -> None:
    """End a submission that no worker has begun, and wipe its bytes.

    Raises:
        UnknownSubmissionError: none of that id that the actor may see.
        NotAllowedError: the actor does not hand in for the unit.
        NotWaitingError: a worker has it, or it has ended.
    """
    row = _own(actor, submission)
    if not _end(row.id, CANCELLED, at=at):
        raise NotWaitingError(submission)


def expire(*, at: datetime) -> int:
    """End what nobody confirmed in time; return how many were wiped."""
    late = Submission.objects.filter(
        state=Submission.State.RECEIVED, confirm_by__lte=at
    )
    ids = list(late.values_list("id", flat=True))
    return sum(_end(each, NOT_CONFIRMED, at=at) for each in ids)


def _end(submission: uuid.UUID, why: UnreadableFileError, *, at: datetime) -> bool:
    """End a submission that only waits; tell whether it did."""
    with staging.hold(submission) as is_ours:
        if not is_ours:
            return False
        ended = Submission.objects.filter(
            id=submission, state=Submission.State.RECEIVED
        ).update(
            state=Submission.State.REFUSED,
            error_code=why.code,
            error_zh=why.message_zh,
            error_en=why.message_en,
            finished_at=at,
            confirm_by=None,
        )
        if ended:
            staging.wipe(submission)
    return bool(ended)


def _own(actor: Actor, submission: str) -> Submission:
    seen = queries.get_submission(actor=actor, submission=submission)
    if not actor.may_submit_for(seen.unit_code):
        raise NotAllowedError(f"submit for {seen.unit_code}")
    return Submission.objects.get(id=seen.id)


def _get(actor: Actor, submission: str) -> Submission:
    row = _own(actor, submission)
    if row.confirm_by is None or row.state != Submission.State.RECEIVED:
        raise NotWaitingError(submission)
    return row


def _preview(row: Submission, chosen: Mapping[str, str]) -> Preview:
    dataset = catalog.get_dataset(row.dataset)
    return previews.preview(
        staging.content_path(row.id, file_name=row.file_name),
        dataset=dataset,
        file_name=row.file_name,
        chosen=chosen,
        remembered=mappings.remembered(unit=row.unit_id, dataset=dataset),
    )
