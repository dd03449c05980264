"""Values that an objection wants changed, field by field, and the body that results.

A field of the natural key can't be corrected in place: the record would be another one.
Such an error is an objection to the linkage, or the unit hands the record in anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from xinheng.core.catalog.datasets import Dataset
from xinheng.core.catalog.fields import Field, FieldType
from xinheng.core.screening import personal_id


class Fault(StrEnum):
    """What is wrong with a change; stable codes, with texts in the rulebook."""

    FIELD = "CHANGE_FIELD"  # no such field, or none that is shown
    KEY = "CHANGE_KEY"
    STALE = "CHANGE_STALE"  # the record says something else by now
    SAME = "CHANGE_SAME"
    REQUIRED = "CHANGE_REQUIRED"
    VALUE = "CHANGE_VALUE"  # too long, no date, no number, not in the list
    PERSONAL_ID = "PERSONAL_ID"


@dataclass(frozen=True, slots=True)
class Change:
    """A field, what it says, and what it should say; empty text means no value."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Found:
    """A fault of a change, at its field."""

    field: str
    fault: Fault


def correctable(dataset: Dataset) -> tuple[Field, ...]:
    """Return the fields that can be corrected in place, in the catalog's order."""
    return tuple(
        field
        for field in dataset.stored_fields
        if field.public and field.name not in dataset.natural_key
    )


def find_faults(
    changes: Iterable[Change],
    dataset: Dataset,
    body: Mapping[str, str],
    *,
    code_lists: Mapping[str, Collection[str]],
) -> tuple[Found, ...]:
    """Return what is wrong with changes to a record whose values are `body`.

    `code_lists` are the values allowed, by the name of the list.
    """
    named = {field.name: field for field in correctable(dataset)}
    found = []
    for change in changes:
        if change.field in dataset.natural_key:
            fault: Fault | None = Fault.KEY
        elif change.field not in named:
            fault = Fault.FIELD
        else:
            fault = _find_fault(change, named[change.field], body, code_lists)
        if fault is not None:
            found.append(Found(change.field, fault))
    return tuple(found)


def corrected(body: Mapping[str, str], changes: Iterable[Change]) -> dict[str, str]:
    """Return the values after the changes; a field without a value is left out."""
    after = dict(body)
    for change in changes:
        after.pop(change.field, None)
        if change.new:
            after[change.field] = change.new
    return after


def _find_fault(
    change: Change,
    field: Field,
    body: Mapping[str, str],
    code_lists: Mapping[str, Collection[str]],
) -> Fault | None:
    if body.get(field.name, "") != change.old:
        return Fault.STALE
    if change.new == change.old:
        return Fault.SAME
    if not change.new:
        return Fault.REQUIRED if field.required else None
    if personal_id.find(change.new) is not None:
        return Fault.PERSONAL_ID
    return None if _is_value(change.new, field, code_lists) else Fault.VALUE


def _is_value(
    text: str, field: Field, code_lists: Mapping[str, Collection[str]]
) -> bool:
    if field.max_length is not None and len(text) > field.max_length:
        return False
    if field.type is FieldType.DATE:
        return _is_date(text)
    if field.type in (FieldType.DECIMAL, FieldType.INTEGER):
        return _is_number(text, field)
    if field.code_list is None or field.multiple:
        return True
    return text in code_lists.get(field.code_list, (text,))


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_number(text: str, field: Field) -> bool:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return False
    if not number.is_finite():
        return False
    is_low = field.minimum is not None and number < field.minimum
    is_high = field.maximum is not None and number > field.maximum
    return not (is_low or is_high)
