"""The batches that went to a target last, with the rows that they told of.

What was settled keeps only its name here (`settling`), so its content is read from the
register again: as the version that was sent, and not at all where that went.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef

from xinheng.apps.exchange import feeding
from xinheng.apps.exchange.models import Obligation, Trial
from xinheng.core.exchange.rows import Act, Row
from xinheng.core.exchange.states import State

MOST = 20
MOST_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class Batch:
    """A package and what was said to it; `gone` rows are not to be told any more."""

    package: str
    dataset: str
    sent_at: datetime
    kind: str
    code: str
    rows: tuple[Row, ...]
    gone: int


def find_rows(target: str, *, most: int) -> list[Obligation]:
    """Return what the last batches told, the latest first; each record once.

    A record stands with the last thing that is owed about it, if that left.
    """
    mine = Obligation.objects.filter(target=target)
    newer = mine.filter(record=OuterRef("record"), id__gt=OuterRef("id"))
    left = mine.filter(~Exists(newer), sent_at__isnull=False).exclude(
        state=State.WITHDRAWN
    )
    found: list[Obligation] = []
    packages: set[str] = set()
    for row in left.order_by("-sent_at", "-id")[:MOST_ROWS].iterator():
        package = row.sent_in[-1]
        if package not in packages and len(packages) == min(most, MOST):
            continue
        packages.add(package)
        found.append(row)
    return found


def list_last(target: str, *, most: int, on: date) -> tuple[Batch, ...]:
    """Return the last batches of a target, the latest first."""
    rows = find_rows(target, most=most)
    by_package: dict[str, list[Obligation]] = {}
    for row in rows:
        by_package.setdefault(row.sent_in[-1], []).append(row)
    values = filled(rows, on=on)
    answers = _answers(target, by_package)
    return tuple(
        _batch(package, part, values, answers.get(package))
        for package, part in by_package.items()
    )


def filled(rows: Iterable[Obligation], *, on: date) -> Mapping[int, Mapping[str, str]]:
    """Return what rows tell, by their keys; what is not to be told is left out."""
    known = {row.pk: row.values for row in rows if is_full(row)}
    others = {row.version: row.pk for row in rows if row.pk not in known}
    found = feeding.find_values(others, on=on)
    return known | {others[version]: found[version] for version in found}


def is_full(row: Obligation) -> bool:
    """Tell whether a row still holds what it tells."""
    if row.act == Obligation.Act.WITHDRAW:
        return bool(row.values)
    return len(row.values) > len(feeding.named_by(row))


def _answers(target: str, packages: Iterable[str]) -> dict[str, Trial]:
    trials = Trial.objects.filter(target=target, package__in=list(packages))
    return {trial.package: trial for trial in trials.order_by("id")}


def _batch(
    package: str,
    part: list[Obligation],
    values: Mapping[int, Mapping[str, str]],
    answer: Trial | None,
) -> Batch:
    rows = tuple(
        Row(str(row.pk), row.version, Act(row.act), values[row.pk])
        for row in part
        if row.pk in values
    )
    first = part[0]
    if first.sent_at is None:
        raise AssertionError
    return Batch(
        package,
        first.dataset,
        first.sent_at,
        answer.kind if answer else "",
        answer.code if answer else "",
        rows,
        len(part) - len(rows),
    )
