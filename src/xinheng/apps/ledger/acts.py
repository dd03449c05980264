"""Acts of the ledger, to those who did them, whose unit it is, or who see all."""

from __future__ import annotations

from typing import Protocol

from django.db.models import QuerySet

from xinheng.apps.ledger import models, queries
from xinheng.apps.ledger.queries import EntryView, UnknownEntryError

MOST = 50


class Reader(Protocol):
    """Who asks: an opaque account with the units that it may see."""

    @property
    def account_id(self) -> str:
        """The id that stands in the ledger."""

    @property
    def sees_all_units(self) -> bool:
        """Whether nothing is hidden from it."""

    def may_see(self, unit: str) -> bool:
        """Return whether it may see what this unit handed in."""


def list_acts(
    *, reader: Reader, before: int | None = None, limit: int = MOST
) -> tuple[EntryView, ...]:
    """Return what the reader did itself, the latest first; who sees all, every act.

    `before` is the seq that the page before ended with.
    """
    rows = _visible(reader).order_by("-seq")
    if before is not None:
        rows = rows.filter(seq__lt=before)
    return tuple(queries.view(row) for row in rows[:limit])


def get_act(*, reader: Reader, seq: int) -> EntryView:
    """Return an act that the reader may see: its own, or about a unit that it sees.

    Raises:
        UnknownEntryError: where there is none that it may see.
    """
    entry = queries.get_entry(seq)
    unit = (entry.body or {}).get("unit")
    is_about_its_unit = isinstance(unit, str) and reader.may_see(unit)
    is_its_own = entry.actor == reader.account_id
    if not (reader.sees_all_units or is_its_own or is_about_its_unit):
        raise UnknownEntryError(seq)
    return entry


def _visible(reader: Reader) -> QuerySet[models.Entry]:
    if reader.sees_all_units:
        return models.Entry.objects.all()
    return models.Entry.objects.filter(actor=reader.account_id)
