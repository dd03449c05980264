"""Reading objections: the ground, the values asked for, what shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.cases import queries as cases
from xinheng.apps.cases.tables import OBJECTION
from xinheng.apps.catalog import queries as catalog
from xinheng.apps.evidence import queries as evidence
from xinheng.apps.evidence.queries import EvidenceRef
from xinheng.apps.objections.models import Objection


@dataclass(frozen=True, slots=True)
class AskedView:
    """A value that should be another one; `upheld` is null before a decision."""

    field: str
    title: str
    title_en: str
    old: str
    new: str
    upheld: bool | None


@dataclass(frozen=True, slots=True)
class ObjectionView:
    """What an objection says; `applied_at` is null where nothing was changed."""

    case: int
    ground: str
    dataset: str
    changes: tuple[AskedView, ...]
    files: tuple[EvidenceRef, ...]
    applied_at: datetime | None


def get_objection(*, actor: Actor, case: int) -> ObjectionView:
    """Return what an objection says.

    Raises:
        UnknownCaseError: there is none, or the actor may not see it.
    """
    if not cases.visible_to(actor).filter(id=case, procedure=OBJECTION).exists():
        raise cases.UnknownCaseError(case)
    row = Objection.objects.get(case_id=case)
    digests = list(row.files.order_by("id").values_list("digest", flat=True))
    found = evidence.find(digests)
    return ObjectionView(
        case=case,
        ground=row.ground,
        dataset=row.dataset,
        changes=_changes(row),
        files=tuple(found[digest] for digest in digests if digest in found),
        applied_at=row.applied_at,
    )


def _changes(row: Objection) -> tuple[AskedView, ...]:
    fields = {}
    if row.dataset:
        fields = {f.name: f for f in catalog.get_dataset(row.dataset).fields}
    return tuple(
        AskedView(
            field=each.field,
            title=fields[each.field].title,
            title_en=fields[each.field].title_en,
            old=each.old,
            new=each.new,
            upheld=each.upheld,
        )
        for each in row.changes.order_by("id")
    )
