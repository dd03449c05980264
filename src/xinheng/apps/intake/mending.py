"""What a unit has to mend: submissions with rows that were rejected or sent back.

A row is mended once a later submission of the unit brings its natural key and is not
refused for it. Where the key could not be read the unit itself says that nothing is
left to mend.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.intake import queries
from xinheng.apps.intake.models import HeldRow, MendedMark, RejectedKey, Submission
from xinheng.apps.intake.telling import tell
from xinheng.core.paging import Page, clamp

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Which rows of a queue are asked for; empty means all."""

    unit: str = ""
    dataset: str = ""
    rule: str = ""


@dataclass(frozen=True, slots=True)
class ToMend:
    """A submission of which rows are left to mend: rejected ones and ones sent back."""

    submission: str
    unit_code: str
    unit_name: str
    unit_name_en: str
    dataset: str
    period: str | None
    file_name: str
    received_at: datetime
    rejected: int
    mended: int
    sent_back: int

    @property
    def left(self) -> int:
        """Rows that did not come again."""
        return self.rejected - self.mended + self.sent_back


def list_to_mend(*, actor: Actor, narrowing: Narrowing, page: int = 1) -> Page[ToMend]:
    """Return the submissions of which rows are left to mend, latest first."""
    rows = _to_mend(actor, narrowing)
    total = rows.count()
    wanted: Page[ToMend] = Page((), clamp(page), PAGE_SIZE, total)
    window = rows.order_by("-received_at", "-id")[wanted.offset :][:PAGE_SIZE]
    items = tuple(
        ToMend(
            submission=str(row.id),
            unit_code=row.unit_id,
            unit_name=row.unit.name,
            unit_name_en=row.unit.name_en,
            dataset=row.dataset,
            period=row.period,
            file_name=row.file_name,
            received_at=row.received_at,
            rejected=row.rejected or 0,
            mended=row.mended,  # type: ignore[attr-defined]
            sent_back=row.sent_back,  # type: ignore[attr-defined]
        )
        for row in window
    )
    return Page(items, wanted.number, PAGE_SIZE, total)


def _to_mend(actor: Actor, narrowing: Narrowing) -> QuerySet[Submission]:
    """Return the submissions with rows left to mend, with `mended` and `sent_back`."""
    rows = queries.visible_to(actor).filter(
        state=Submission.State.COMPLETED, mended_mark__isnull=True
    )
    if narrowing.unit:
        rows = rows.filter(unit_id=narrowing.unit)
    if narrowing.dataset:
        rows = rows.filter(dataset=narrowing.dataset)
    mended = RejectedKey.objects.filter(closed_by__isnull=False)
    sent_back = HeldRow.objects.filter(
        decision=HeldRow.Decision.REJECTED, closed_by__isnull=True
    )
    counted = rows.annotate(mended=_count_of(mended), sent_back=_count_of(sent_back))
    return counted.filter(Q(rejected__gt=F("mended")) | Q(sent_back__gt=0))


def _count_of(
    rows: QuerySet[RejectedKey] | QuerySet[HeldRow],
) -> Coalesce:
    mine = rows.filter(submission_id=OuterRef("id")).order_by().values("submission_id")
    counted = mine.annotate(count=Count("id")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def count_to_mend(*, actor: Actor) -> int:
    """Return how many submissions have rows left to mend."""
    return _to_mend(actor, Narrowing()).count()


@transaction.atomic
def mark_mended(*, submission: str, actor: Actor, at: datetime) -> None:
    """Record the unit's word that nothing of a submission is left to mend.

    Said again, it changes nothing.

    Raises:
        UnknownSubmissionError: none of that id that the actor may see.
        NotAllowedError: the actor does not hand in for the unit.
    """
    seen = queries.get_submission(actor=actor, submission=submission)
    if not actor.may_submit_for(seen.unit_code):
        raise NotAllowedError("mark as mended")
    row = Submission.objects.select_for_update().get(id=uuid.UUID(submission))
    if MendedMark.objects.filter(submission=row).exists():
        return
    MendedMark.objects.create(submission=row, marked_by=actor.account_id, marked_at=at)
    tell(row, "submission.mended", {"rejected": row.rejected or 0}, by=actor, at=at)
