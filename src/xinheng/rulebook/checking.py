"""Whether the whole rulebook can stand: every part is read and checked.

A new part of the rulebook adds the function that reads it to `PARTS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from xinheng.rulebook import (
    assessments,
    catalog,
    credit_report,
    duties,
    editions,
    exchange_profiles,
    indicators,
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
    "assessment_schemes": assessments.schemes,
    "assessment_words": assessments.words,
    "catalog": catalog.datasets,
    "credit_report": credit_report.rules,
    "duties": duties.rules,
    "indicator_inputs": indicators.inputs,
    "indicator_packs": indicators.packs,
    "indicator_actions": indicators.actions,
    "indicator_protection": indicators.matters,
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
    "exchange": exchange_profiles.profiles,
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
