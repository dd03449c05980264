"""TOML tables into the frozen types of core, by the types' own annotations.

A key that the type doesn't know, a missing key and a value of the wrong kind are errors
that name the file, the item and the key: a rule that is misspelled must not be skipped.
"""

from __future__ import annotations

import dataclasses
import tomllib
import types
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from importlib.resources.abc import Traversable
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from xinheng.rulebook.failures import RulebookError

T = TypeVar("T")
Table = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the rulebook a value stands."""

    file: str
    item: str = ""
    key: str = ""

    def at(self, key: str) -> Place:
        """Return the place of a key inside this one."""
        return dataclasses.replace(self, key=f"{self.key}.{key}" if self.key else key)

    def error(self, problem: str) -> RulebookError:
        """Return the error that names this place."""
        return RulebookError(
            file=self.file, item=self.item, key=self.key, problem=problem
        )


def read(file: Traversable, *, folder: str = "") -> Table:
    """Return the content of a TOML file; `folder` is put before its name in an error.

    Raises:
        RulebookError: where the file is no TOML.
    """
    try:
        return tomllib.loads(file.read_text("utf-8"), parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise RulebookError(
            file=folder + file.name, problem=f"is no TOML: {error}"
        ) from error


def tables(file: Traversable, key: str) -> list[Table]:
    """Return the tables `[[key]]`, the only content that the file may have.

    Raises:
        RulebookError: where there is anything else, or no table at all.
    """
    content = read(file)
    found = content.get(key)
    if set(content) != {key} or not isinstance(found, list):
        raise RulebookError(file=file.name, problem=f"must hold [[{key}]] alone")
    return found


def build(cls: type[T], table: Table, place: Place) -> T:
    """Return the table as a value of the dataclass `cls`.

    Raises:
        RulebookError: for an unknown or missing key, or a value of another type.
    """
    if not isinstance(table, Mapping):
        raise place.error("is no table")
    hints = get_type_hints(cls)
    for key in table:
        if key not in hints:
            raise place.at(key).error("is not a known key")
    for field in dataclasses.fields(cls):  # type: ignore[arg-type]
        if field.default is dataclasses.MISSING and field.name not in table:
            raise place.at(field.name).error("is missing")
    values = {
        key: _convert(value, hints[key], place.at(key)) for key, value in table.items()
    }
    return cls(**values)


def _convert(value: object, hint: Any, place: Place) -> object:
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(arm for arm in get_args(hint) if arm is not type(None))
    if get_origin(hint) is tuple:
        return _convert_tuple(value, get_args(hint), place)
    if dataclasses.is_dataclass(hint):
        return build(hint, value, place)  # type: ignore[arg-type]
    if issubclass(hint, Enum):
        return _convert_choice(value, hint, place)
    return _convert_scalar(value, hint, place)


def _convert_tuple(value: object, arms: Any, place: Place) -> tuple[object, ...]:
    if isinstance(value, Mapping):  # pairs are written as a table where that reads well
        value = [list(pair) for pair in value.items()]
    if not isinstance(value, list):
        raise place.error("is no list")
    if arms[-1] is not Ellipsis and len(value) != len(arms):
        raise place.error(f"must have {len(arms)} entries")
    hints = [arms[0]] * len(value) if arms[-1] is Ellipsis else arms
    return tuple(
        _convert(entry, hint, place.at(str(number)))
        for number, (entry, hint) in enumerate(zip(value, hints, strict=True), start=1)
    )


def _convert_choice(value: object, hint: type[Enum], place: Place) -> Enum:
    try:
        return hint(value)
    except ValueError as error:
        allowed = ", ".join(str(member.value) for member in hint)
        raise place.error(f"{value!r} is none of {allowed}") from error


def _convert_scalar(value: object, hint: type, place: Place) -> object:
    if hint is Decimal and type(value) is int:
        return Decimal(value)
    # `type` and not `isinstance`: a bool is no number, a date-time is no date.
    if type(value) is not hint or hint not in (str, int, bool, date, Decimal):
        raise place.error(f"{value!r} is no {hint.__name__}")
    if value == "":
        raise place.error("is empty")
    return value
