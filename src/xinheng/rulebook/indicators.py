"""Monitoring indicators as data: packs, inputs, acts that move them, matters."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TypeVar

from xinheng.core.indicators.packs import Input, Pack, faults
from xinheng.core.indicators.protection import Matter
from xinheng.core.indicators.what_if import Action
from xinheng.rulebook.reading import Place, build, tables

T = TypeVar("T")


class UnknownPackError(LookupError):
    """The rulebook has no pack of this edition."""

    def __init__(self, edition: str) -> None:
        super().__init__(edition)
        self.edition = edition


def _file(name: str) -> Traversable:
    return files("xinheng.rulebook") / name


def _read(cls: type[T], file: Traversable, key: str) -> tuple[T, ...]:
    place = Place(file.name)
    return tuple(build(cls, each, place) for each in tables(file, key))


@cache
def inputs() -> dict[str, Input]:
    """Return every input by its name, in the order of the file.

    Raises:
        RulebookError: where a name stands twice, or a share names no denominator.
    """
    file = _file("indicator_inputs.toml")
    found = _read(Input, file, "inputs")
    named = {each.name: each for each in found}
    if len(named) != len(found):
        raise Place(file.name).error("a name stands twice")
    for each in found:
        if (each.form == "count") != (each.denominator is None):
            raise Place(file.name, each.name).error("needs a denominator, or none")
    return named


@cache
def packs() -> tuple[Pack, ...]:
    """Return the packs, the latest edition last.

    Raises:
        RulebookError: where one contradicts itself or names an unknown input.
    """
    return load_packs(_file("indicator_packs.toml"))


def load_packs(file: Traversable) -> tuple[Pack, ...]:
    """Return the packs of a file.

    Raises:
        RulebookError: where one contradicts itself or names an unknown input.
    """
    found = _read(Pack, file, "packs")
    for each in found:
        for wrong in faults(each, frozenset(inputs())):
            raise Place(file.name, each.name).error(wrong)
    return found


def pack(edition: str) -> Pack:
    """Return the pack of an edition.

    Raises:
        UnknownPackError: there is none.
    """
    for each in packs():
        if each.edition == edition:
            return each
    raise UnknownPackError(edition)


@cache
def actions() -> dict[str, Action]:
    """Return the acts of the what-if by their name.

    Raises:
        RulebookError: where one moves an unknown input.
    """
    file = _file("indicator_actions.toml")
    found = _read(Action, file, "actions")
    for each in found:
        if each.input not in inputs():
            raise Place(file.name, each.name).error(f"no input {each.input}")
    return {each.name: each for each in found}


@cache
def matters() -> tuple[Matter, ...]:
    """Return the matters that are none of credit."""
    return _read(Matter, _file("indicator_protection.toml"), "matters")
