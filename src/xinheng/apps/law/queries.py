"""Whether the rulebook of this release is adopted, by whom and since when."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

from xinheng.apps.law.models import Adoption
from xinheng.rulebook import editions
from xinheng.rulebook.editions import Change


class UnknownAdoptionError(LookupError):
    """There is no adoption of that number."""

    def __init__(self, adoption: int) -> None:
        super().__init__(str(adoption))
        self.adoption = adoption


@dataclass(frozen=True, slots=True)
class AdoptionView:
    """An adoption; `adopted_at` is null while it waits for the second person."""

    id: int
    digest: str
    lawyer: str
    effective_on: date
    proposed_at: datetime
    adopted_at: datetime | None

    @property
    def is_adopted(self) -> bool:
        """Tell whether the second person has confirmed it."""
        return self.adopted_at is not None


def is_adopted(*, on: date, known_at: datetime | None = None) -> bool:
    """Tell whether the rulebook of this release is adopted and in effect on a day.

    Nothing adverse may be public, take effect or be pushed on a day where it is not.
    `known_at` null means as known now.
    """
    return in_effect(on=on, known_at=known_at) is not None


def in_effect(*, on: date, known_at: datetime | None = None) -> AdoptionView | None:
    """Return the adoption of this release's rulebook in effect on a day, else null."""
    rows = Adoption.objects.filter(
        digest=editions.digest(), adopted_at__isnull=False, effective_on__lte=on
    )
    if known_at is not None:
        rows = rows.filter(adopted_at__lte=known_at)
    row = rows.first()
    return view(row) if row else None


def get(adoption: int) -> AdoptionView:
    """Return one adoption.

    Raises:
        UnknownAdoptionError: there is none of that number.
    """
    row = Adoption.objects.filter(id=adoption).first()
    if row is None:
        raise UnknownAdoptionError(adoption)
    return view(row)


def list_adoptions() -> tuple[AdoptionView, ...]:
    """Return every adoption and proposal, the latest first."""
    return tuple(view(row) for row in Adoption.objects.order_by("-id"))


def changes_since_adoption() -> tuple[Change, ...] | None:
    """Return what this release changes against the last adopted rulebook.

    Null where none was ever adopted; empty where this one is.
    """
    last = Adoption.objects.filter(adopted_at__isnull=False).order_by("-id").first()
    if last is None:
        return None
    return editions.compare(json.loads(last.content), editions.content())


def view(row: Adoption) -> AdoptionView:
    """Return the plain value of a row."""
    return AdoptionView(
        id=row.id,
        digest=row.digest,
        lawyer=row.lawyer,
        effective_on=row.effective_on,
        proposed_at=row.proposed_at,
        adopted_at=row.adopted_at,
    )
