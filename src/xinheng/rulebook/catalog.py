"""The catalog in force: datasets, code lists, categories, units, texts.

    units.toml        the 48 source units, in the order of the monthly table
    categories.toml   the 18 columns of the monthly table
    code_lists.toml   the values that a field may hold
    findings.toml     what a check says, in both languages
    fields.toml       fields that many items share; an item takes one with `use`
    items/*.toml      one catalog item in one edition each

Everything is read and checked once per process.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import TypeVar

from xinheng.core.catalog.datasets import Category, CodeList, Dataset, SourceUnit
from xinheng.core.submissions.findings import Rule
from xinheng.rulebook import consistency
from xinheng.rulebook.reading import Place, Table, build, read, tables

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All that the files say; `editions` in the order of the files' names."""

    units: tuple[SourceUnit, ...]
    categories: tuple[Category, ...]
    code_lists: Mapping[str, CodeList]
    rules: Mapping[str, Rule]
    editions: tuple[Dataset, ...]


def load(directory: Traversable) -> Rulebook:
    """Return the rulebook that stands in a directory, checked as a whole.

    Raises:
        RulebookError: naming file, item and key of the first mistake.
    """
    categories = _read_all(Category, directory / "categories.toml", "categories")
    code_lists = _load_code_lists(directory / "code_lists.toml")
    shared = read(directory / "fields.toml")
    found = [_load_item(file, shared) for file in _item_files(directory / "items")]
    for dataset, place in found:
        consistency.check_dataset(
            dataset,
            place,
            categories={category.name for category in categories},
            code_lists=code_lists,
        )
    consistency.check_editions(found)
    return Rulebook(
        units=_read_all(SourceUnit, directory / "units.toml", "units"),
        categories=categories,
        code_lists=MappingProxyType(code_lists),
        rules=MappingProxyType(_load_rules(directory / "findings.toml")),
        editions=tuple(dataset for dataset, _ in found),
    )


def datasets(on: date | None = None) -> tuple[Dataset, ...]:
    """Return the items in force on a day, by name; without one, each item's newest."""
    editions = [edition for edition in _rulebook().editions if not edition.draft]
    if on is not None:
        editions = [edition for edition in editions if _in_force(edition, on)]
    newest = {edition.name: edition for edition in _by_date(editions)}
    return tuple(newest[name] for name in sorted(newest))


def dataset(name: str, edition: str | None = None) -> Dataset:
    """Return an item in that edition; without one, in its newest.

    Raises:
        KeyError: where there is no such item or edition.
    """
    for candidate in reversed(_by_date(_rulebook().editions)):
        if candidate.name == name and edition in (None, candidate.edition):
            return candidate
    raise KeyError(name)


def categories() -> tuple[Category, ...]:
    """Return the 18 columns of the monthly table, in their order."""
    return _rulebook().categories


def units() -> tuple[SourceUnit, ...]:
    """Return the 48 source units of the demo city, in their order."""
    return _rulebook().units


def code_lists() -> Mapping[str, CodeList]:
    """Return the code lists by name."""
    return _rulebook().code_lists


def rules() -> Mapping[str, Rule]:
    """Return the rules that a finding may name, by code."""
    return _rulebook().rules


@cache
def _rulebook() -> Rulebook:
    return load(files("xinheng.rulebook"))


def _in_force(edition: Dataset, on: date) -> bool:
    return edition.effective_on <= on < (edition.expires_on or date.max)


def _by_date(editions: Iterable[Dataset]) -> list[Dataset]:
    return sorted(editions, key=lambda edition: edition.effective_on)


def _read_all(cls: type[T], file: Traversable, key: str) -> tuple[T, ...]:
    """Read tables that carry their own `position`, which must run 1, 2, 3 ..."""
    built = []
    for number, table in enumerate(tables(file, key), start=1):
        place = Place(file.name, str(table.get("name", number)))
        if table.get("position") != number:
            raise place.at("position").error(f"must be {number}")
        built.append(build(cls, table, place))
    names = [str(table["name"]) for table in tables(file, key)]
    if double := consistency.find_double(names):
        raise Place(file.name, double).error("is given twice")
    return tuple(built)


def _load_code_lists(file: Traversable) -> dict[str, CodeList]:
    loaded = {}
    for number, table in enumerate(tables(file, "code_lists"), start=1):
        place = Place(file.name, str(table.get("name", number)))
        code_list = build(CodeList, table, place)
        if code_list.name in loaded:
            raise place.error("is given twice")
        consistency.check_code_list(code_list, place)
        loaded[code_list.name] = code_list
    return loaded


def _load_rules(file: Traversable) -> dict[str, Rule]:
    loaded = {}
    for code, table in read(file).items():
        place = Place(file.name, code)
        if not isinstance(table, Mapping):
            raise place.error("is no table")
        loaded[code] = build(Rule, {"code": code, **table}, place)
        consistency.check_rule(loaded[code], place)
    return loaded


def _item_files(directory: Traversable) -> Iterator[Traversable]:
    found = [file for file in directory.iterdir() if file.name.endswith(".toml")]
    yield from sorted(found, key=lambda file: file.name)


def _load_item(file: Traversable, shared: Table) -> tuple[Dataset, Place]:
    table = dict(read(file, folder="items/"))
    place = Place(f"items/{file.name}", str(table.get("name", "")))
    fields = table.get("fields")
    if not isinstance(fields, list):
        raise place.at("fields").error("is no list of tables")
    table["fields"] = [_expand(field, shared, place) for field in fields]
    return build(Dataset, table, place), place


def _expand(field: object, shared: Table, place: Place) -> object:
    """Put the shared field in place of `use`; the item's own keys stand over it."""
    if not isinstance(field, Mapping) or "use" not in field:
        return field
    name = str(field["use"])
    if name not in shared:
        raise place.at("fields").error(f"{name!r} is no field of fields.toml")
    own = {key: value for key, value in field.items() if key != "use"}
    return {"name": name, **shared[name], **own}
