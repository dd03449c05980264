"""Whether the whole rulebook can stand: every part is read and checked.

A new part of the rulebook adds the function that reads it to `PARTS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from xinheng.rulebook import (
    catalog,
    duties,
    editions,
    issue_kinds,
    legal_forms,
    list_schemes,
    measures,
    name_reasons,
    organizations,
    periods,
    plausibility,
    suggestions,
)
from xinheng.rulebook.failures import RulebookError

PARTS: Mapping[str, Callable[[], object]] = {
    "catalog": catalog.datasets,
    "duties": duties.rules,
    "issue_kinds": issue_kinds.load,
    "legal_forms": legal_forms.load,
    "list_schemes": list_schemes.schemes,
    "list_services": list_schemes.services,
    "measures": measures.rules,
    "name_reasons": name_reasons.load,
    "organizations": organizations.kinds,
    "reported_kinds": organizations.reported_kinds,
    "industries": organizations.sections,
    "periods": periods.rules,
    "plausibility": plausibility.doubts,
    "suggestions": suggestions.load,
    "editions": editions.content,
}


def mistakes() -> tuple[RulebookError, ...]:
    """Return the first mistake of each part that can't stand."""
    return tuple(
        mistake for read in PARTS.values() if (mistake := _mistake(read)) is not None
    )


def _mistake(read: Callable[[], object]) -> RulebookError | None:
    try:
        read()
    except RulebookError as mistake:
        return mistake
    return None
