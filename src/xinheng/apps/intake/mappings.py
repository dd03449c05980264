"""What a unit's people decided about the columns of its files, for the next file.

Kept for each unit and dataset: a header, folded as the catalog folds headers, and the
field that it stands for, or nothing where its column is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.intake.models import ColumnMapping
from xinheng.core.catalog.datasets import Dataset
from xinheng.core.catalog.headers import fold

LONGEST_HEADER = 200


@dataclass(frozen=True, slots=True)
class RememberedColumn:
    """A header as folded, and its field; empty where the column is left out."""

    header: str
    field: str
    chosen_by: str
    chosen_at: datetime


def remembered(*, unit: str, dataset: Dataset) -> dict[str, str]:
    """Return folded header to field name, of the fields that the dataset still has."""
    names = {"", *(field.name for field in dataset.fields)}
    rows = ColumnMapping.objects.filter(unit_id=unit, dataset=dataset.name)
    pairs = rows.order_by("id").values_list("header", "field")
    return {header: field for header, field in pairs if field in names}


def list_remembered(
    *, actor: Actor, unit: str, dataset: str
) -> tuple[RememberedColumn, ...]:
    """Return what is remembered for a unit and a dataset, by header.

    Raises:
        NotAllowedError: the actor may not see the unit.
    """
    if not actor.may_see(unit):
        raise NotAllowedError(f"columns of {unit}")
    rows = ColumnMapping.objects.filter(unit_id=unit, dataset=dataset)
    return tuple(
        RememberedColumn(row.header, row.field, row.chosen_by, row.chosen_at)
        for row in rows.order_by("header")
    )


def remember(
    *, actor: Actor, unit: str, dataset: str, chosen: Mapping[str, str], at: datetime
) -> None:
    """Keep what was chosen, over what was kept before; nothing else is forgotten.

    `chosen` maps headers as written to field names, or to nothing. A header without a
    letter or digit, or of more than LONGEST_HEADER, is not kept.
    """
    folded = {fold(header): field for header, field in chosen.items()}
    kept = [
        ColumnMapping(
            unit_id=unit,
            dataset=dataset,
            header=header,
            field=field,
            chosen_by=actor.account_id,
            chosen_at=at,
        )
        for header, field in folded.items()
        if header and len(header) <= LONGEST_HEADER
    ]
    ColumnMapping.objects.bulk_create(
        kept,
        update_conflicts=True,
        unique_fields=["unit", "dataset", "header"],
        update_fields=["field", "chosen_by", "chosen_at"],
    )


@transaction.atomic
def forget(*, actor: Actor, unit: str, dataset: str) -> int:
    """Forget all that was chosen for a unit and a dataset; return how many columns.

    Raises:
        NotAllowedError: the actor does not hand in for the unit.
    """
    if not actor.may_submit_for(unit):
        raise NotAllowedError(f"columns of {unit}")
    deleted, _ = ColumnMapping.objects.filter(unit_id=unit, dataset=dataset).delete()
    return deleted
