"""Units come, are renamed and go: each act with its entry in the ledger."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum

from django.db import transaction
from django.db.models import Max

from xinheng.apps.ledger import operations as ledger
from xinheng.apps.units.models import Unit
from xinheng.apps.units.queries import UnitView, UnknownUnitError, view
from xinheng.core.catalog.datasets import SourceUnit

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")


class Reason(StrEnum):
    """Why an act on a unit is refused."""

    CODE = "code"  # not letters, digits, - and _ of ASCII, or over 32
    CODE_TAKEN = "code_taken"
    NAME = "name"  # blank, or longer than 200
    NAME_TAKEN = "name_taken"
    THIRD_LEVEL = "third_level"  # a district's unit has none below it
    PARENT_NOT_ACTIVE = "parent_not_active"  # on the day the district's unit begins
    CLOSED = "closed"
    TOO_EARLY = "too_early"  # the end is not after the beginning
    DISTRICTS_REMAIN = "districts_remain"  # districts' units outlive the city's


class UnitRefusedError(ValueError):
    """The act would break a rule of the units; `reason` says which."""

    def __init__(self, *, unit: str, reason: Reason) -> None:
        super().__init__(f"{unit}: {reason}")
        self.unit = unit
        self.reason = reason


@transaction.atomic
def load(*, units: Iterable[SourceUnit], effective_on: date) -> int:
    """Add the rulebook's units that are missing, as of that day.

    Units that are there stay as they are: a rename or an end is an act of its own. The
    rulebook's version is the evidence of this list, so no entry is appended. Returns
    how many were added.

    Raises:
        UnitRefusedError: where another unit bears a missing one's name; none is added.
    """
    present = dict(Unit.objects.values_list("code", "name"))
    missing = [
        Unit(
            code=unit.code,
            position=unit.position,
            name=unit.name,
            name_en=unit.name_en,
            effective_on=effective_on,
        )
        for unit in units
        if unit.code not in present
    ]
    for unit in missing:
        if unit.name in present.values():
            raise UnitRefusedError(unit=unit.code, reason=Reason.NAME_TAKEN)
    return len(Unit.objects.bulk_create(missing))


@transaction.atomic
def add_unit(
    *,
    unit: SourceUnit,
    effective_on: date,
    actor: str,
    at: datetime,
    parent: str | None = None,
) -> UnitView:
    """Add a unit, a district's under the city's unit `parent`.

    `unit.position` 0 puts it at the end.

    Raises:
        UnitRefusedError: where a rule of the units forbids it.
        UnknownUnitError: where there is no unit `parent`.
    """
    _check_code(unit.code)
    _check_name(code=unit.code, name=unit.name)
    above = _lock(parent) if parent is not None else None
    if above is not None:
        _check_parent(above, code=unit.code, on=effective_on)
    added = Unit.objects.create(
        code=unit.code,
        position=unit.position or _last_position() + 1,
        name=unit.name.strip(),
        name_en=unit.name_en.strip(),
        parent=above,
        effective_on=effective_on,
    )
    body = {"name": added.name, "parent": parent, "effective_on": str(effective_on)}
    _append("unit.added", unit=added, body=body, actor=actor, at=at)
    return view(added)


@transaction.atomic
def rename_unit(
    *, code: str, name: str, name_en: str, actor: str, at: datetime
) -> UnitView:
    """Give the unit another name; the former one stays in the ledger.

    Raises:
        UnitRefusedError: where the name is taken or blank, or the unit is closed.
        UnknownUnitError: where there is no such unit.
    """
    unit = _lock(code)
    if unit.expires_on is not None:
        raise UnitRefusedError(unit=code, reason=Reason.CLOSED)
    _check_name(code=code, name=name)
    body = {"former_name": unit.name, "name": name.strip()}
    unit.name, unit.name_en = name.strip(), name_en.strip()
    unit.save(update_fields=["name", "name_en"])
    _append("unit.renamed", unit=unit, body=body, actor=actor, at=at)
    return view(unit)


@transaction.atomic
def close_unit(*, code: str, expires_on: date, actor: str, at: datetime) -> UnitView:
    """End the unit: `expires_on` is the first day on which it is not there any more.

    Its clerks' mandates and its service keys stop with it.

    Raises:
        UnitRefusedError: where it is closed, or districts' units would outlive it.
        UnknownUnitError: where there is no such unit.
    """
    unit = _lock(code)
    _check_end(unit, on=expires_on)
    unit.expires_on = expires_on
    unit.save(update_fields=["expires_on"])
    body = {"expires_on": str(expires_on)}
    _append("unit.closed", unit=unit, body=body, actor=actor, at=at)
    return view(unit)


def _check_code(code: str) -> None:
    if not CODE.fullmatch(code):
        raise UnitRefusedError(unit=code, reason=Reason.CODE)
    if Unit.objects.filter(code=code).exists():
        raise UnitRefusedError(unit=code, reason=Reason.CODE_TAKEN)


def _check_name(*, code: str, name: str) -> None:
    if not 0 < len(name.strip()) <= 200:
        raise UnitRefusedError(unit=code, reason=Reason.NAME)
    if Unit.objects.filter(name=name.strip()).exclude(code=code).exists():
        raise UnitRefusedError(unit=code, reason=Reason.NAME_TAKEN)


def _check_parent(above: Unit, *, code: str, on: date) -> None:
    if above.parent_id is not None:
        raise UnitRefusedError(unit=code, reason=Reason.THIRD_LEVEL)
    if not view(above).is_active_on(on):
        raise UnitRefusedError(unit=code, reason=Reason.PARENT_NOT_ACTIVE)


def _check_end(unit: Unit, *, on: date) -> None:
    if unit.expires_on is not None:
        raise UnitRefusedError(unit=unit.code, reason=Reason.CLOSED)
    if on <= unit.effective_on:
        raise UnitRefusedError(unit=unit.code, reason=Reason.TOO_EARLY)
    below = Unit.objects.filter(parent=unit).exclude(expires_on__lte=on)
    if below.exists():
        raise UnitRefusedError(unit=unit.code, reason=Reason.DISTRICTS_REMAIN)


def _last_position() -> int:
    return Unit.objects.aggregate(last=Max("position"))["last"] or 0


def _lock(code: str) -> Unit:
    try:
        return Unit.objects.select_for_update().get(code=code)
    except Unit.DoesNotExist:
        raise UnknownUnitError(code) from None


def _append(
    kind: str, *, unit: Unit, body: Mapping[str, str | None], actor: str, at: datetime
) -> None:
    ledger.append(kind=kind, subject=f"unit:{unit.code}", actor=actor, body=body, at=at)
