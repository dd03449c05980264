"""What keeps a scheme from being used, each gap with the rule that it offends.

| gap | rule |
|---|---|
| BASIS_* | the area stands in law, regulation or central policy, with its article |
| CITY_WITHOUT_REGULATION | a city's own list needs a local regulation |
| STANDARD_* | the standard stands there or in a department's rule, with its article |
| CONSULTATION_* | the draft of the standard was open for at least 30 days |
| NO_* | removal, remedies, term, time to answer, authorities, data, shared purpose |
| REVIEW_OVERDUE | the list is evaluated by a third party from time to time |
| UNVERIFIED | an unverified rule never starts an adverse effect |

Source: 国办发〔2020〕49号 (domain notes, section 4.2); the last one is the house's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum

from xinheng.core.catalog.datasets import BasisLevel, LegalBasis, Verification
from xinheng.core.listings.schemes import MadeBy, Scheme, Standard

CONSULTATION_DAYS = 30
AREA_LEVELS = frozenset(
    {
        BasisLevel.LAW,
        BasisLevel.ADMINISTRATIVE_REGULATION,
        BasisLevel.LOCAL_REGULATION,
        BasisLevel.CENTRAL_POLICY,
    }
)
STANDARD_LEVELS = AREA_LEVELS | {BasisLevel.DEPARTMENT_RULE}
CITY_LEVELS = frozenset({BasisLevel.LOCAL_REGULATION})


class Gap(StrEnum):
    """Why a scheme can't be activated; stable codes."""

    BASIS_MISSING = "BASIS_MISSING"
    BASIS_LEVEL = "BASIS_LEVEL"
    BASIS_ARTICLE = "BASIS_ARTICLE"
    CITY_WITHOUT_REGULATION = "CITY_WITHOUT_REGULATION"
    STANDARD_MISSING = "STANDARD_MISSING"
    STANDARD_LEVEL = "STANDARD_LEVEL"
    STANDARD_ARTICLE = "STANDARD_ARTICLE"
    CONSULTATION_MISSING = "CONSULTATION_MISSING"
    CONSULTATION_SHORT = "CONSULTATION_SHORT"
    NO_REMOVAL = "NO_REMOVAL"
    NO_REMEDY = "NO_REMEDY"
    NO_TERM = "NO_TERM"
    NO_WINDOW = "NO_WINDOW"
    NO_AUTHORITY = "NO_AUTHORITY"
    NO_DATA = "NO_DATA"
    NO_NEXUS = "NO_NEXUS"
    REVIEW_OVERDUE = "REVIEW_OVERDUE"
    UNVERIFIED = "UNVERIFIED"
    SUPERSEDED = "SUPERSEDED"
    NOT_IN_FORCE = "NOT_IN_FORCE"
    FICTIONAL = "FICTIONAL"


def gaps(scheme: Scheme, on: date, *, is_demo: bool = False) -> tuple[Gap, ...]:
    """Return what keeps the scheme from being used on a day, nothing where it may be.

    Made-up law counts in the demo alone, and there it needs no verification.
    """
    found = [*_of_basis(scheme), *_of_standard(scheme.standard, scheme.made_by)]
    found += _of_content(scheme)
    found += _of_time(scheme, on)
    if scheme.fictional:
        found += [] if is_demo else [Gap.FICTIONAL]
    elif scheme.is_adverse and not _is_verified(scheme):
        found.append(Gap.UNVERIFIED)
    return tuple(found)


def areas(scheme: Scheme) -> tuple[LegalBasis, ...]:
    """Return the texts, with their articles, that allow a list of this area."""
    allowed = CITY_LEVELS if scheme.made_by is MadeBy.CITY else AREA_LEVELS
    return tuple(
        each for each in scheme.legal_basis if each.level in allowed and each.article
    )


def _of_basis(scheme: Scheme) -> Iterator[Gap]:
    levels = {each.level for each in scheme.legal_basis}
    if not levels:
        yield Gap.BASIS_MISSING
    elif scheme.made_by is MadeBy.CITY and not levels & CITY_LEVELS:
        yield Gap.CITY_WITHOUT_REGULATION
    elif not levels & AREA_LEVELS:
        yield Gap.BASIS_LEVEL
    elif not areas(scheme):
        yield Gap.BASIS_ARTICLE


def _of_standard(standard: Standard | None, made_by: MadeBy) -> Iterator[Gap]:
    if standard is None:
        yield Gap.STANDARD_MISSING
        return
    allowed = CITY_LEVELS if made_by is MadeBy.CITY else STANDARD_LEVELS
    if standard.level not in allowed:
        yield Gap.STANDARD_LEVEL
    if not standard.article:
        yield Gap.STANDARD_ARTICLE
    days = standard.consultation_days
    if days is None:
        yield Gap.CONSULTATION_MISSING
    elif days < CONSULTATION_DAYS:
        yield Gap.CONSULTATION_SHORT


def _of_content(scheme: Scheme) -> list[Gap]:
    needed = (
        (scheme.removal_conditions and scheme.removal_procedure, Gap.NO_REMOVAL),
        (scheme.remedy, Gap.NO_REMEDY),
        (scheme.term_months, Gap.NO_TERM),
        (scheme.window_working_days and scheme.hearing_working_days, Gap.NO_WINDOW),
        (scheme.authorities, Gap.NO_AUTHORITY),
        (scheme.data_needed, Gap.NO_DATA),
        (scheme.nexus, Gap.NO_NEXUS),
    )
    return [gap for value, gap in needed if not value]


def _of_time(scheme: Scheme, on: date) -> Iterator[Gap]:
    if scheme.superseded_by is not None:
        yield Gap.SUPERSEDED
    is_over = scheme.expires_on is not None and scheme.expires_on <= on
    if on < scheme.effective_on or is_over:
        yield Gap.NOT_IN_FORCE
    if scheme.review_due is None or scheme.review_due <= on:
        yield Gap.REVIEW_OVERDUE


def _is_verified(scheme: Scheme) -> bool:
    standard = scheme.standard
    sources = [scheme.verification, *(each.verification for each in areas(scheme))]
    sources += [standard.verification] if standard else []
    return all(each is Verification.VERIFIED for each in sources)
