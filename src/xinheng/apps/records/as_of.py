"""Records as known at a place of the ledger, about a day.

What the law no longer lets be shown does not come back by asking about the past: the
public sees what it saw then **and** may see today. What an organization held about
itself is shown to it whole. What was erased is a mark with day and basis; of adverse
records the public sees not even that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from xinheng.apps.catalog import queries as catalog
from xinheng.apps.ledger import erasing
from xinheng.apps.records import facts, queries
from xinheng.apps.records.models import Record, RecordMove, Succession, Touch
from xinheng.apps.records.queries import (
    LONGEST_LIST,
    MOST_LOOKED_AT,
    PublicRecord,
    View,
)
from xinheng.core.catalog.datasets import Dataset
from xinheng.core.two_times import AsOf

Datasets = Mapping[str, Dataset]


@dataclass(frozen=True, slots=True)
class ErasedMark:
    """Records of a dataset whose content is gone: how many, since when, on what basis.

    `basis` is null where the entry that ordered it was not found.
    """

    dataset: str
    count: int
    erased_on: date
    basis: str | None


@dataclass(frozen=True, slots=True)
class Then:
    """What was known; `corrected` is when another version took a record's place."""

    records: tuple[PublicRecord, ...]
    corrected: Mapping[str, datetime]
    erased: tuple[ErasedMark, ...]


def list_public(*, organization: str, asked: AsOf, today: date) -> Then:
    """Return what the public was shown about an organization and may be shown still.

    The latest decision first, at most `LONGEST_LIST` records.
    """
    datasets = {
        name: item
        for name, item in catalog.list_datasets().items()
        if facts.may_be_public(item)
    }
    found = list(known_rows(organization=organization, asked=asked, of=datasets))
    alive = [row for row in found if row.erased_at is None]
    pairs = islice(seen(alive, datasets, asked, today), LONGEST_LIST)
    shown = queries.with_lateness(pairs, datasets)
    return Then(
        records=shown,
        corrected=corrected(alive, shown),
        erased=marks(row for row in found if not datasets[row.dataset].adverse),
    )


def known_rows(
    *,
    organization: str,
    asked: AsOf,
    of: Collection[str],
    most: int = MOST_LOOKED_AT,
) -> QuerySet[Record]:
    """Return the versions that were in force in the register then, `most` at most.

    The organization is the one that the records belonged to then: what a merger moved
    later is with the giver.
    """
    key = int(organization)
    moved_later = RecordMove.objects.filter(
        record=OuterRef("pk"),
        succession__stage=Succession.Stage.DECIDED,
        succession__decided_at__gt=asked.known_at,
    )
    came = Q(organization_id=key) & ~Exists(moved_later.filter(succession__heir=key))
    rows = versions(asked=asked).filter(
        came | Exists(moved_later.filter(succession__giver=key)), dataset__in=list(of)
    )
    ordered = rows.order_by(F("decided_on").desc(nulls_last=True), "-id")
    return ordered.select_related("source_unit", "submission")[:most]


def versions(*, asked: AsOf) -> QuerySet[Record]:
    """Return every version that was in force in the register then."""
    return Record.objects.filter(
        Q(superseded_by__isnull=True)
        | Q(superseded_by__ledger_seq__gte=asked.ledger_size),
        submission__ledger_seq__lt=asked.ledger_size,
    )


def marks(rows: Iterable[Record]) -> tuple[ErasedMark, ...]:
    """Return the marks that stand for the rows whose content is gone."""
    gone = {row.id: row for row in rows if row.erased_at is not None}
    bases = _bases(gone)
    counted = Counter(
        (row.dataset, timezone.localdate(row.erased_at), bases.get(key))
        for key, row in gone.items()
    )
    return tuple(
        ErasedMark(dataset, count, day, basis)
        for (dataset, day, basis), count in sorted(counted.items(), key=str)
    )


def _bases(keys: Collection[int]) -> dict[int, str]:
    """Return on what basis each of these versions was erased."""
    touches = Touch.objects.filter(record__in=list(keys)).values_list("record", "seq")
    named = erasing.bases(seqs={seq for _, seq in touches})
    return {key: named[seq] for key, seq in touches if seq in named}


def seen(
    rows: Collection[Record],
    datasets: Datasets,
    asked: AsOf,
    today: date,
    view: View = View.PORTAL,
) -> Iterator[tuple[Record, PublicRecord]]:
    """Yield rows with what could be seen of them then and may be seen today.

    To the organization itself its own past is shown whole.
    """
    known = queries.known_of(rows, known_at=asked.known_at)
    then = queries.seer(on=asked.on, view=view, known=known, known_at=asked.known_at)
    now = queries.seer(on=today, view=view, known=queries.known_of(rows))
    kept = _kept(rows)
    for row in rows:
        told = then(row, datasets[row.dataset])
        is_kept = (row.dataset, row.natural_key) in kept
        may_be = view is View.OWN or (is_kept and now(row, datasets[row.dataset]))
        if told is not None and may_be:
            yield row, told


def _kept(rows: Collection[Record]) -> set[tuple[str, str]]:
    """Return under which keys the register still holds a version in force."""
    found: set[tuple[str, str]] = set()
    for dataset in {row.dataset for row in rows}:
        keys = [row.natural_key for row in rows if row.dataset == dataset]
        for begin in range(0, len(keys), 500):
            current = Record.objects.filter(
                dataset=dataset,
                natural_key__in=keys[begin : begin + 500],
                superseded_at__isnull=True,
                erased_at__isnull=True,
            )
            found |= {
                (dataset, key) for key in current.values_list("natural_key", flat=True)
            }
    return found


def corrected(
    rows: Iterable[Record], shown: Iterable[PublicRecord]
) -> dict[str, datetime]:
    """Return when another version took the place of one that is shown."""
    keys = {each.key for each in shown}
    return {
        key: row.superseded_at
        for row in rows
        if row.superseded_at is not None and (key := queries.key_of(row)) in keys
    }
