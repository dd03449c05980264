"""List schemes and ways of service: `list_schemes.toml`, `list_services.toml`."""

from __future__ import annotations

import dataclasses
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from xinheng.core.catalog.datasets import LegalBasis
from xinheng.core.listings.clocks import ServiceRule, Services
from xinheng.core.listings.schemes import Scheme
from xinheng.rulebook import catalog
from xinheng.rulebook.reading import Place, Table, build, tables


class UnknownSchemeError(LookupError):
    """The rulebook has no list of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@cache
def schemes() -> tuple[Scheme, ...]:
    """Return every list of the rulebook, in the order of the file."""
    return load(files("xinheng.rulebook") / "list_schemes.toml")


def scheme(name: str) -> Scheme:
    """Return the list of that name.

    Raises:
        UnknownSchemeError: there is none.
    """
    for each in schemes():
        if each.name == name:
            return each
    raise UnknownSchemeError(name)


@cache
def services() -> Services:
    """Return the ways to serve a notice."""
    file = files("xinheng.rulebook") / "list_services.toml"
    place = Place(file.name)
    rules = [build(ServiceRule, each, place) for each in tables(file, "services")]
    return {each.way: each for each in rules}


def load(file: Traversable) -> tuple[Scheme, ...]:
    """Return the lists of a file.

    Raises:
        RulebookError: where a key is unknown or missing, a name stands twice, or an
            authority is no unit.
    """
    found = [_scheme(table, Place(file.name)) for table in tables(file, "schemes")]
    units = {unit.code for unit in catalog.units()}
    for number, each in enumerate(found):
        place = Place(file.name, each.name)
        if any(each.name == other.name for other in found[:number]):
            raise place.error("stands twice")
        if not set(each.authorities) <= units:
            raise place.at("authorities").error("names an unknown unit")
    return tuple(found)


def basis_text(basis: LegalBasis) -> str:
    """Return a legal basis as documents and pages write it."""
    return f"《{basis.title}》{basis.article or ''}"


def _scheme(table: Table, place: Place) -> Scheme:
    named = dataclasses.replace(place, item=str(table.get("name", "")))
    bases = [{"article": None, **each} for each in table.get("legal_basis", [])]
    plain = {key: value for key, value in table.items() if key != "legal_basis"}
    built = build(Scheme, plain, named)
    found = tuple(_basis(each, named) for each in bases)
    return dataclasses.replace(built, legal_basis=found)


def _basis(table: Table, place: Place) -> LegalBasis:
    article = table["article"]
    rest = {key: value for key, value in table.items() if key != "article"}
    built = build(LegalBasis, {"article": "-", **rest}, place.at("legal_basis"))
    return dataclasses.replace(built, article=article)
