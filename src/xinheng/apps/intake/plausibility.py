"""Plausibility: what a landing makes a person ask, and what stops publication.

Looked at in the landing's own transaction, after the counts are settled. A question
refuses nothing; a collapse or an explosion of a month's count also withholds what the
unit landed from the public, until somebody lets it pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import polars as pl
from django.utils import timezone

from xinheng.apps.catalog import queries as catalog
from xinheng.apps.intake.models import Question, Submission
from xinheng.apps.records import in_force, publication
from xinheng.apps.records import queries as records
from xinheng.core.catalog import periods
from xinheng.core.submissions import plausibility as core
from xinheng.core.submissions.plausibility import Doubt
from xinheng.rulebook.plausibility import doubts

_KEYS_COMPARED = 1000  # enough to tell last month's file from this month's

Details = dict[str, object]


def look(submission: Submission, accepted: Path, *, at: datetime) -> None:
    """Ask what a landing gives reason to ask; `accepted` are its rows (Parquet)."""
    landed = records.landed_rows(submission=submission.id)
    _look_at_days(submission, landed, at=at)
    _look_for_earlier(submission, accepted, at=at)
    _look_at_counts(submission, landed, at=at)


def look_at_release(submission: Submission, *, at: datetime) -> None:
    """Look at the counts alone: the rows of a release were asked about before."""
    landed = records.landed_rows(submission=submission.id)
    _look_at_counts(submission, landed, at=at)


def _look_at_counts(
    submission: Submission, landed: records.LandedRows, *, at: datetime
) -> None:
    """Hold the months that a landing wrote into against the unit's other months."""
    if not landed.rows:
        return
    _look_at_columns(submission, max(landed.periods), at=at)
    counts = _counts(submission, landed.periods)
    on = timezone.localdate(at)
    for rule in (core.COUNT_EXPLODED, core.COUNT_COLLAPSED):
        found = [
            details
            for period in landed.periods
            if (rule == core.COUNT_EXPLODED or period < periods.of(on))
            and (details := _judge(doubts()[rule], period, counts))
            and not _was_passed(submission, doubts()[rule], details)
        ]
        if found:
            _stop(submission, rule, found[-1], at=at)


def _counts(submission: Submission, written: tuple[str, ...]) -> Mapping[str, int]:
    """Return the records of the written months and of those before them."""
    months = max(doubt.months or 0 for doubt in doubts().values())
    wanted = {
        periods.before(period, before)
        for period in written
        for before in range(months + 1)
    }
    return records.count_by_period(
        unit=submission.unit_id, dataset=submission.dataset, periods=wanted
    )


def _judge(doubt: Doubt, period: str, counts: Mapping[str, int]) -> Details | None:
    """Return the figures of a month that is far from the usual, null for others."""
    earlier = [
        counts.get(periods.before(period, before), 0)
        for before in range(1, (doubt.months or 0) + 1)
    ]
    usual = core.usual(earlier, known_months=doubt.known_months or 1)
    if usual is None:
        return None
    is_far = (
        core.has_exploded if doubt.code == core.COUNT_EXPLODED else core.has_collapsed
    )
    count = counts.get(period, 0)
    times, at_least = doubt.times or 1, doubt.at_least
    if not is_far(count, usual=usual, times=times, at_least=at_least):
        return None
    return {"period": period, "count": count, "usual": usual}


def _was_passed(submission: Submission, doubt: Doubt, details: Details) -> bool:
    """Tell whether somebody let this month pass, and it has not exploded since."""
    passed = publication.last_passed(
        dataset=submission.dataset,
        unit=submission.unit_id,
        rule=doubt.code,
        period=str(details["period"]),
    )
    if passed is None:
        return False
    if doubt.code == core.COUNT_COLLAPSED:
        return True
    before, now = int(str(passed["count"])), int(str(details["count"]))
    return now < before * (doubt.times or 1)


def _stop(submission: Submission, rule: str, details: Details, *, at: datetime) -> None:
    seen = publication.Seen(
        landing=submission.id,
        dataset=submission.dataset,
        unit=submission.unit_id,
        rule=rule,
        details=details,
    )
    is_new = publication.hold(seen, actor=submission.submitted_by, at=at)
    if is_new and rule == core.COUNT_EXPLODED:
        _ask(submission, rule, details, at=at)


def _look_at_columns(submission: Submission, period: str, *, at: datetime) -> None:
    """Ask where a month has the same number in several columns of the table."""
    columns: dict[str, int] = {}
    items = catalog.list_datasets()
    found = records.count_of_unit(unit=submission.unit_id, period=period)
    for name, count in found.items():
        if name in items and (column := items[name].category):
            columns[column] = columns.get(column, 0) + count
    doubt = doubts()[core.EQUAL_COUNTS]
    equal = core.find_equal(columns, at_least=doubt.at_least)
    if equal is None:
        return
    details: Details = {
        "period": period,
        "count": equal.count,
        "columns": len(equal.columns),
        "names": sorted(equal.columns),
    }
    if not _is_asked(submission, doubt.code, details):
        _ask(submission, doubt.code, details, at=at)


def _is_asked(submission: Submission, rule: str, details: Details) -> bool:
    """Tell whether just this was asked of the unit before."""
    asked = Question.objects.filter(
        rule=rule,
        submission__unit_id=submission.unit_id,
        details__period=details["period"],
    )
    return any(question.details == details for question in asked)


def _look_at_days(
    submission: Submission, landed: records.LandedRows, *, at: datetime
) -> None:
    is_one_day = landed.dated == landed.rows and landed.first_on == landed.last_on
    if is_one_day and landed.rows >= doubts()[core.SAME_DAY].at_least:
        details: Details = {"count": landed.rows, "day": str(landed.first_on)}
        _ask(submission, core.SAME_DAY, details, at=at)


def _look_for_earlier(submission: Submission, accepted: Path, *, at: datetime) -> None:
    """Ask where the same file, or the same records, came for another month."""
    if submission.period is None:
        return
    earlier = _same_file(submission) or _same_records(submission, accepted)
    if earlier is not None:
        details: Details = {"period": submission.period, "earlier": earlier}
        _ask(submission, core.FILE_AGAIN, details, at=at)


def _same_file(submission: Submission) -> str | None:
    """Return the other month for which the unit handed in the same bytes."""
    found: str | None = (
        Submission.objects.filter(
            unit_id=submission.unit_id,
            dataset=submission.dataset,
            file_digest=submission.file_digest,
            state=Submission.State.COMPLETED,
            period__isnull=False,
        )
        .exclude(origin=Submission.Origin.RELEASE)
        .exclude(period=submission.period)
        .order_by("-received_at")
        .values_list("period", flat=True)
        .first()
    )
    return found


def _same_records(submission: Submission, accepted: Path) -> str | None:
    """Return the other month in which all records of the file count already."""
    held_before = (submission.unchanged or 0) + (submission.changed or 0)
    if submission.new or held_before < doubts()[core.FILE_AGAIN].at_least:
        return None
    keys = pl.scan_parquet(accepted).select("natural_key").head(_KEYS_COMPARED)
    counted = in_force.find_periods(
        dataset=submission.dataset, keys=keys.collect()["natural_key"].to_list()
    )
    return max(counted) if counted and submission.period not in counted else None


def _ask(submission: Submission, rule: str, details: Details, *, at: datetime) -> None:
    Question.objects.create(
        submission_id=submission.id, rule=rule, details=details, asked_at=at
    )
