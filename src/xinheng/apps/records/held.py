"""Records as the organization that they are about sees them: every one, in force.

An organization sees what the register holds about it whether it is public or not;
what of that is public is asked of `core.disclosures`, like everywhere.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, QuerySet

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.catalog import queries as catalog
from xinheng.apps.disclosures import queries as disclosures
from xinheng.apps.records import as_of, queries
from xinheng.apps.records.as_of import ErasedMark
from xinheng.apps.records.models import Record
from xinheng.apps.records.queries import PublicRecord, View
from xinheng.core.catalog.datasets import Dataset
from xinheng.core.disclosures.visibility import VisibleState
from xinheng.core.two_times import AsOf

LONGEST_LIST = 2000
Seer = Callable[[Record, Dataset], PublicRecord | None]


class UnknownRecordError(LookupError):
    """There is no such record in force, or it is about another organization."""

    def __init__(self, record: int) -> None:
        super().__init__(str(record))
        self.record = record


@dataclass(frozen=True, slots=True)
class HeldRecord:
    """A version in force. `body` holds every value that is kept, by field.

    `state` says what the public sees of it on the day that was asked about.
    """

    id: int
    dataset: Dataset
    natural_key: str
    organization: str
    unit: str
    unit_name: str
    unit_name_en: str
    decided_on: date | None
    recorded_at: datetime
    body: Mapping[str, str]
    state: VisibleState

    @property
    def target(self) -> str:
        """The name of the record, whatever version of it is in force."""
        return disclosures.record_key(
            dataset=self.dataset.name, natural_key=self.natural_key
        )

    @property
    def fields(self) -> tuple[tuple[str, str, str], ...]:
        """Title, English title and text of every value, in the catalog's order."""
        return tuple(
            (field.title, field.title_en, self.body[field.name])
            for field in self.dataset.stored_fields
            if field.name in self.body
        )

    @property
    def heading(self) -> str:
        """The values of the natural key that tell records of one body apart."""
        said = {self.dataset.subject_code, self.dataset.authority_code}
        names = [name for name in self.dataset.natural_key if name not in said]
        found = [self.body[name] for name in names if name in self.body]
        return " ".join(found) or self.dataset.title


def list_held(*, actor: Actor, organization: str, on: date) -> tuple[HeldRecord, ...]:
    """Return what is held about an organization that the actor acts for.

    The latest decision first, at most `LONGEST_LIST`.
    """
    if organization not in actor.organizations:
        return ()
    datasets = catalog.list_datasets()
    rows = _in_force().filter(organization_id=int(organization))
    ordered = rows.order_by(F("decided_on").desc(nulls_last=True), "-id")
    found = list(ordered[:LONGEST_LIST])
    see = queries.seer(on=on, view=View.OWN, known=queries.known_of(found))
    return tuple(
        _held(row, datasets[row.dataset], see)
        for row in found
        if row.dataset in datasets
    )


def list_known(
    *, actor: Actor, organization: str, asked: AsOf
) -> tuple[tuple[HeldRecord, ...], tuple[ErasedMark, ...]]:
    """Return what was held about an organization that the actor acts for, as known.

    Beside it the marks of what was erased since.
    """
    if organization not in actor.organizations:
        return (), ()
    datasets = catalog.list_datasets()
    found = list(as_of.known_rows(organization=organization, asked=asked, of=datasets))
    alive = [row for row in found if row.erased_at is None]
    see = queries.seer(
        on=asked.on,
        view=View.OWN,
        known=queries.known_of(alive, known_at=asked.known_at),
        known_at=asked.known_at,
    )
    held = tuple(_held(row, datasets[row.dataset], see) for row in alive)
    return held, as_of.marks(found)


def get_held(*, actor: Actor, record: int, on: date) -> HeldRecord:
    """Return a record in force about an organization that the actor acts for.

    Raises:
        UnknownRecordError: there is none.
    """
    keys = [int(key) for key in actor.organizations]
    row = _in_force().filter(id=record, organization_id__in=keys).first()
    if row is None:
        raise UnknownRecordError(record)
    see = queries.seer(on=on, view=View.OWN, known=queries.known_of([row]))
    return _held(row, catalog.get_dataset(row.dataset), see)


def find_in_force(*, dataset: str, natural_key: str, on: date) -> HeldRecord | None:
    """Return the version in force under a key, null where none is.

    For the apps above that keep a key; who may see it is theirs to say.
    """
    row = _in_force().filter(dataset=dataset, natural_key=natural_key).first()
    if row is None:
        return None
    see = queries.seer(on=on, view=View.OWN, known=queries.known_of([row]))
    return _held(row, catalog.get_dataset(dataset), see)


def _in_force() -> QuerySet[Record]:
    rows = Record.objects.filter(superseded_at__isnull=True)
    return rows.select_related("source_unit", "submission")


def _held(row: Record, dataset: Dataset, see: Seer) -> HeldRecord:
    seen = see(row, dataset)
    if seen is None:
        raise UnknownRecordError(row.id)
    return HeldRecord(
        id=row.id,
        dataset=dataset,
        natural_key=row.natural_key,
        organization=str(row.organization_id),
        unit=row.source_unit_id,
        unit_name=row.source_unit.name,
        unit_name_en=row.source_unit.name_en,
        decided_on=row.decided_on,
        recorded_at=row.recorded_at,
        body=json.loads(row.body),
        state=seen.state,
    )
