"""What may be done to, or for, an organization on a list, and on what basis.

| mode | the executing unit | comes as a task |
|---|---|---|
| mandatory | must do it | yes |
| reference | considers it and says what it decided | yes |
| voluntary | a bank or another private body decides for itself | never |

A measure against an organization needs a text that provides for it directly, must fit
the gravity of the conduct, and must serve the purpose that the list protects (`nexus`).
A memorandum between units is no such text: it only says who takes part.

Source: State Council Office, document 49 of 2020 (domain notes, 4.2 and 4.5).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from xinheng.core.catalog.datasets import BasisLevel, Verification


class Polarity(StrEnum):
    """Whether a measure takes away or gives."""

    ADVERSE = "adverse"
    FAVORABLE = "favorable"


class Mode(StrEnum):
    """How far the executing unit is bound."""

    MANDATORY = "mandatory"
    REFERENCE = "reference"
    VOLUNTARY = "voluntary"


class Severity(StrEnum):
    """Gravity of the conduct behind a list, from the least."""

    MINOR = "minor"
    ORDINARY = "ordinary"
    SERIOUS = "serious"

    def reaches(self, bound: Severity) -> bool:
        """Tell whether this gravity is at least `bound`."""
        order = list(Severity)
        return order.index(self) >= order.index(bound)


DIRECT_LEVELS = frozenset(
    {
        BasisLevel.LAW,
        BasisLevel.ADMINISTRATIVE_REGULATION,
        BasisLevel.LOCAL_REGULATION,
        BasisLevel.CENTRAL_POLICY,
    }
)
# Stands in `Measure.units` where every unit that signed takes the measure.
EVERY_SIGNATORY = "*"


@dataclass(frozen=True, slots=True)
class Matter:
    """What an official has on the desk when the question arises: a tender, a permit."""

    code: str
    title: str
    title_en: str


@dataclass(frozen=True, slots=True)
class MeasureBasis:
    """A text behind a measure; `article` is null where it is not known."""

    title: str
    level: BasisLevel
    verification: Verification
    source: str
    article: str | None = None

    @property
    def is_direct(self) -> bool:
        """Tell whether the text may provide for a measure, by its rank."""
        return self.level in DIRECT_LEVELS


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure.

    `item` is its number in the national list, null as long as that is not imported.
    `implementer` is who usually takes it, in the words of the source; `units` are the
    executing units of this city (codes), `*` being every unit that signs.
    `severity_bound` is the least gravity that justifies it, null for a favorable one.
    """

    code: str
    title: str
    title_en: str
    polarity: Polarity
    matter: str
    implementer: str
    units: tuple[str, ...]
    mode: Mode
    nexus: str
    verification: Verification
    source: str
    item: str | None = None
    severity_bound: Severity | None = None
    basis: tuple[MeasureBasis, ...] = ()

    @property
    def has_direct_basis(self) -> bool:
        """Tell whether some text of the needed rank is named."""
        return any(each.is_direct for each in self.basis)


@dataclass(frozen=True, slots=True)
class Memorandum:
    """Which units take which measures for which lists, on `[effective_on, expires_on)`.

    `severity` is the gravity of the conduct that its lists are about, null where it is
    favorable. `document_no` is null for a draft. Without `basis` it is superseded and
    never fires.
    """

    code: str
    title: str
    title_en: str
    polarity: Polarity
    schemes: tuple[str, ...]
    signatories: tuple[str, ...]
    measures: tuple[str, ...]
    effective_on: date
    verification: Verification
    source: str
    severity: Severity | None = None
    document_no: str | None = None
    expires_on: date | None = None
    basis: tuple[MeasureBasis, ...] = ()

    @property
    def is_superseded(self) -> bool:
        """Tell whether it lacks the direct basis that document 49 of 2020 demands."""
        return not any(each.is_direct for each in self.basis)

    def is_in_force(self, on: date) -> bool:
        """Tell whether it may fire on a day."""
        if self.is_superseded or on < self.effective_on:
            return False
        return self.expires_on is None or on < self.expires_on
