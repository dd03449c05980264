"""The units as the interfaces and the other apps see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from xinheng.apps.units.models import Unit


class UnknownUnitError(LookupError):
    """No unit bears that code or name."""

    def __init__(self, unit: str) -> None:
        super().__init__(unit)
        self.unit = unit


@dataclass(frozen=True, slots=True)
class UnitView:
    """A unit on `[effective_on, expires_on)`; `parent` is the city's unit's code."""

    code: str
    position: int
    name: str
    name_en: str
    parent: str | None
    effective_on: date
    expires_on: date | None

    def is_active_on(self, on: date) -> bool:
        """Return whether the unit existed on that day."""
        return self.effective_on <= on and (
            self.expires_on is None or on < self.expires_on
        )


def get_unit(code_or_name: str) -> UnitView:
    """Return the unit of that code or Chinese name, closed ones too.

    A code wins over a name.

    Raises:
        UnknownUnitError: where no unit bears it.
    """
    wanted = code_or_name.strip()
    found = {
        unit.code: unit for unit in Unit.objects.filter(Q(code=wanted) | Q(name=wanted))
    }
    if not found:
        raise UnknownUnitError(code_or_name)
    return view(found.get(wanted) or next(iter(found.values())))


def list_units(on: date) -> list[UnitView]:
    """Return the units that existed on that day, in the order of the monthly table."""
    return [view(unit) for unit in _active(on).order_by("position", "code")]


def list_every() -> list[UnitView]:
    """Return every unit that ever was, closed ones too."""
    return [view(unit) for unit in Unit.objects.order_by("position", "code")]


def list_active_codes(*, codes: Iterable[str], on: date) -> frozenset[str]:
    """Return those of the codes whose unit existed on that day."""
    return frozenset(_active(on).filter(code__in=codes).values_list("code", flat=True))


def list_district_codes(*, parents: Iterable[str], on: date) -> frozenset[str]:
    """Return the codes of the districts' units under these units on that day."""
    return frozenset(
        _active(on).filter(parent__in=parents).values_list("code", flat=True)
    )


def _active(on: date) -> QuerySet[Unit]:
    return Unit.objects.filter(
        Q(expires_on__isnull=True) | Q(expires_on__gt=on), effective_on__lte=on
    )


def view(unit: Unit) -> UnitView:
    """Return the plain value of a row."""
    return UnitView(
        code=unit.code,
        position=unit.position,
        name=unit.name,
        name_en=unit.name_en,
        parent=unit.parent_id,
        effective_on=unit.effective_on,
        expires_on=unit.expires_on,
    )
