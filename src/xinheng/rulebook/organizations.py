"""Kinds of organizations and sections of industry, as the rulebook lists them.

organization_kinds.toml   what the first two characters of a code say
industries.toml           the sections of GB/T 4754
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise
from typing import TypeVar

from xinheng.core.organizations.industries import Section
from xinheng.core.organizations.kinds import (
    PREFIX_LENGTH,
    OrganizationKind,
    ReportedKind,
)
from xinheng.rulebook import consistency
from xinheng.rulebook.reading import Place, build, read

T = TypeVar("T")

_KINDS = "organization_kinds.toml"
_INDUSTRIES = "industries.toml"


@cache
def kinds() -> dict[str, OrganizationKind]:
    """Return the kinds by the first two characters of the code.

    Raises:
        RulebookError: naming the first mistake in the file.
    """
    listed = _built(OrganizationKind, _file(_KINDS), "kinds")
    if double := consistency.find_double(kind.prefix for kind in listed):
        raise Place(_KINDS, double).error("is given twice")
    for kind in listed:
        if len(kind.prefix) != PREFIX_LENGTH:
            raise Place(_KINDS, kind.prefix).error("is not two characters")
    return {kind.prefix: kind for kind in listed}


@cache
def reported_kinds() -> tuple[ReportedKind, ...]:
    """Return the words of a reported kind that leave no doubt.

    Raises:
        RulebookError: naming the first mistake in the file.
    """
    found = _built(ReportedKind, _file(_KINDS), "reported")
    for kind in found:
        for prefix in kind.prefixes:
            if prefix not in kinds():
                raise Place(_KINDS, kind.words[0]).error(f"{prefix!r} is no kind")
    return found


@cache
def sections() -> tuple[Section, ...]:
    """Return the sections of industry, in the order of their letters.

    Raises:
        RulebookError: naming the first mistake in the file.
    """
    found = _built(Section, _file(_INDUSTRIES), "sections")
    for before, after in pairwise(found):
        if after.first != before.last + 1 or after.letter <= before.letter:
            raise Place(_INDUSTRIES, after.letter).error("does not follow the last one")
    return found


def _file(name: str) -> Traversable:
    return files("xinheng.rulebook").joinpath(name)


def _built(cls: type[T], file: Traversable, key: str) -> tuple[T, ...]:
    listed = read(file).get(key)
    if not isinstance(listed, list) or not listed:
        raise Place(file.name).error(f"must hold [[{key}]]")
    return tuple(build(cls, table, Place(file.name, key)) for table in listed)
