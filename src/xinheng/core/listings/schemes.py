"""List schemes: what a list is for, and by which text it may exist.

    EXCLUSION    seriously dishonest organizations (严重失信主体名单)
    RECOGNITION  organizations that deserve an incentive (守信激励对象名单)
    WATCH        organizations under closer observation (重点关注名单)

No unit may add a list or extend one: the areas stand in law, regulation or a policy of
the Central Committee or the State Council, the standard of determination at least in a
department's rule, a city's own list in a local regulation.

Source: 国办发〔2020〕49号 (domain notes, section 4.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from xinheng.core.catalog.datasets import BasisLevel, LegalBasis, Verification


class ListKind(StrEnum):
    """What being on the list means."""

    EXCLUSION = "EXCLUSION"
    RECOGNITION = "RECOGNITION"
    WATCH = "WATCH"


# Kinds that bring an organization a detriment.
ADVERSE = frozenset({ListKind.EXCLUSION, ListKind.WATCH})


class MadeBy(StrEnum):
    """Whose list it is."""

    NATION = "nation"
    CITY = "city"


@dataclass(frozen=True, slots=True)
class Standard:
    """The text that says who is put on the list (认定标准).

    The draft was open for comments on `[consultation_from, consultation_to]`, both
    days included. Whatever is not known is null.
    """

    title: str
    level: BasisLevel
    verification: Verification
    article: str | None = None
    consultation_from: date | None = None
    consultation_to: date | None = None
    source: str | None = None

    @property
    def consultation_days(self) -> int | None:
        """Days of the consultation, null where one of its ends is not known."""
        if self.consultation_from is None or self.consultation_to is None:
            return None
        return (self.consultation_to - self.consultation_from).days + 1


@dataclass(frozen=True, slots=True)
class Scheme:
    """A list in one edition, in force on `[effective_on, expires_on)`.

    Whatever a text leaves open or nobody has read is null, and keeps the list from
    being used (`gaps`). `term_months` is how long a listing holds at most;
    `window_working_days` how long an organization may state its case,
    `hearing_working_days` how long it may ask for a hearing; `early_removal_months`
    after how many months it may apply to leave early, null where the text names none.
    `authorities` are the units (by code) that may determine. `nexus` says which
    protected purpose the list and the measures behind it share. `superseded_by` names
    what came after. A `fictional` scheme rests on made-up law, for the demo alone.
    """

    name: str
    edition: str
    title: str
    title_en: str
    kind: ListKind
    made_by: MadeBy
    verification: Verification
    effective_on: date
    legal_basis: tuple[LegalBasis, ...] = ()
    standard: Standard | None = None
    authorities: tuple[str, ...] = ()
    data_needed: tuple[str, ...] = ()
    removal_conditions: str | None = None
    removal_procedure: str | None = None
    remedy: str | None = None
    nexus: str | None = None
    term_months: int | None = None
    window_working_days: int | None = None
    hearing_working_days: int | None = None
    early_removal_months: int | None = None
    review_due: date | None = None
    expires_on: date | None = None
    superseded_by: str | None = None
    fictional: bool = False
    source: str | None = None

    @property
    def is_adverse(self) -> bool:
        """Whether being on the list is a detriment."""
        return self.kind in ADVERSE
