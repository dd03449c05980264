"""Let the content of records go: what they said, while counts and digests stay."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from xinheng.apps.records import touching
from xinheng.apps.records.models import Record, Succession
from xinheng.core.merkle import canonical

NOTHING = "{}"
GONE = "erased:"  # how the natural key of an erased version begins
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Version:
    """A version that is to be erased, by where it landed; `key` is null once it was."""

    id: int
    dataset: str
    key: str | None
    submission: str
    row: int


def find_by_names(names: Iterable[str]) -> tuple[Version, ...]:
    """Return every version of the records that one of these versions belongs to.

    A name is the place where a version landed, as the change feed writes it.
    """
    found: dict[int, Version] = {}
    for name in names:
        seq, _, row = name.partition(".")
        named = Record.objects.filter(
            submission__ledger_seq=int(seq), row_number=int(row)
        ).first()
        if named is not None:
            found |= {each.id: each for each in _of_key(named)}
    return tuple(found[key] for key in sorted(found))


def find_decided_before(*, dataset: str, day: date) -> tuple[Version, ...]:
    """Return every version of the records of a dataset decided before a day."""
    keys = (
        Record.objects.filter(dataset=dataset, decided_on__lt=day, erased_at=None)
        .values_list("natural_key", flat=True)
        .distinct()
    )
    rows = Record.objects.filter(dataset=dataset, natural_key__in=keys)
    return tuple(_version(row) for row in rows.defer("body").order_by("id"))


def find_by_places(places: Iterable[tuple[str, int]]) -> tuple[Version, ...]:
    """Return the versions that landed at (submission, row), as far as they are here."""
    rows = (
        Record.objects.filter(submission=UUID(submission), row_number=row).first()
        for submission, row in places
    )
    return tuple(_version(row) for row in rows if row is not None)


def _of_key(row: Record) -> Iterator[Version]:
    same = Record.objects.filter(dataset=row.dataset, natural_key=row.natural_key)
    yield from (_version(each) for each in same.defer("body").order_by("id"))


def _version(row: Record) -> Version:
    is_gone = row.erased_at is not None
    key = None if is_gone else row.natural_key
    return Version(row.id, row.dataset, key, str(row.submission_id), row.row_number)


def erase(*, versions: Collection[Version], seq: int, at: datetime) -> int:
    """Empty the versions, as ledger entry `seq` orders, and tell the feed's readers.

    Returns how many still had content.
    """
    erased = 0
    keys = sorted(each.id for each in versions)
    for begin in range(0, len(keys), _AT_ONCE):
        rows = Record.objects.filter(id__in=keys[begin : begin + _AT_ONCE])
        for row in rows.filter(erased_at=None).select_for_update():
            row.body, row.salt, row.erased_at = NOTHING, "", at
            row.natural_key = f"{GONE}{row.submission_id}.{row.row_number}"
            row.save(update_fields=["body", "salt", "erased_at", "natural_key"])
            erased += 1
    touching.touch_keys(seq=seq, keys=keys)
    return erased


def successions_of(code: str) -> tuple[int, ...]:
    """Return the successions, proposed no more, in which an organization gave."""
    return tuple(_over().filter(giver__uscc=code).values_list("id", flat=True))


def is_succession_over(succession: int) -> bool:
    """Tell whether a succession is proposed no more and still says on what ground."""
    return _over().filter(id=succession).exists()


def _over() -> QuerySet[Succession]:
    rows = Succession.objects.exclude(stage=Succession.Stage.PROPOSED)
    return rows.exclude(evidence=GONE).order_by("id")


def erase_succession(*, succession: int) -> int:
    """Empty evidence and reason of a succession, and what an undo would put back."""
    row = Succession.objects.filter(id=succession).exclude(evidence=GONE).first()
    if row is None:
        return 0
    row.evidence, row.reason = GONE, GONE if row.reason else ""
    row.kept = canonical.text({"key": str(row.giver_id)}) if row.kept else ""
    row.save(update_fields=["evidence", "reason", "kept"])
    return 1
