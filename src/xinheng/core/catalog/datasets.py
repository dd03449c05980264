"""Datasets: the items of the public credit information catalog (公共信用信息资源目录).

An item without a legal basis can't be activated: nothing may be collected because it
would be useful.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from xinheng.core.catalog.fields import Field


class Verification(StrEnum):
    """How well a rule's source is known (`docs/explanation/rules-as-data.md`)."""

    VERIFIED = "verified"  # read in a published text
    PRACTICE = "practice"  # seen in systems in use, not in the text itself
    UNVERIFIED = "unverified"  # general knowledge
    MISSING = "missing"  # looked for and not found
    COMPUTED = "computed"  # derived or tested by us


class BasisLevel(StrEnum):
    """Rank of the text that a rule rests on."""

    LAW = "law"
    ADMINISTRATIVE_REGULATION = "administrative_regulation"
    LOCAL_REGULATION = "local_regulation"
    CENTRAL_POLICY = "central_policy"
    DEPARTMENT_RULE = "department_rule"
    NORMATIVE_DOCUMENT = "normative_document"


class DisclosureClass(StrEnum):
    """Who may see a record of the dataset, at most."""

    PUBLIC = "public"
    SHARED = "shared"  # among public bodies only
    AUTHORIZED = "authorized"  # with the organization's consent
    INTERNAL = "internal"  # counts for the credit office, nothing shown


class Frequency(StrEnum):
    """How often a unit has to hand the dataset in."""

    WORKING_DAYS = "working_days"  # within so many working days of the decision
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"


class SubjectKind(StrEnum):
    """What a row of the dataset is about."""

    ORGANIZATION = "organization"
    UNIT = "unit"  # what the source unit itself did; no organization is named
    COUNT = "count"  # a number per unit and period, where single cases are personal


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """The text that allows or demands the collection."""

    title: str
    level: BasisLevel
    article: str | None
    verification: Verification
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Dataset:
    """One catalog item in one edition, in force on `[effective_on, expires_on)`.

    Field names that give a column its role are null where the dataset has no such
    column: `subject_code`, `subject_name` and `subject_category` (whom the row is
    about), `authority_code` (who decided), `decided_on` (the legal date). `natural_key`
    are the fields that identify one record; `date_order` pairs (earlier, later or
    equal); `past_dates` may not lie after the day of intake. `report_within` counts
    days of the kind `frequency` says. `category` is the column of the monthly table
    that counts the dataset, null where none does; `data_kind` the kind of data that the
    bulletin of June 2019 names. `adverse` records are never public before a lawyer has
    adopted the rulebook. Without `sole_proprietors` a row about a `92` code is refused:
    persons in business are put on no list and under no measure. A `draft` is no part of
    the catalog in force.
    """

    name: str
    edition: str
    title: str
    title_en: str
    subject: SubjectKind
    fields: tuple[Field, ...]
    natural_key: tuple[str, ...]
    legal_basis: tuple[LegalBasis, ...]
    verification: Verification
    disclosure: DisclosureClass
    frequency: Frequency
    effective_on: date
    expires_on: date | None = None
    report_within: int | None = None
    category: str | None = None
    data_kind: str | None = None
    adverse: bool = False
    sole_proprietors: bool = True
    draft: bool = False
    decided_on: str | None = None
    subject_code: str | None = None
    subject_name: str | None = None
    subject_category: str | None = None
    authority_code: str | None = None
    date_order: tuple[tuple[str, str], ...] = ()
    past_dates: tuple[str, ...] = ()
    description: str | None = None
    source: str | None = None

    def field(self, name: str) -> Field:
        """Return the field of that English name.

        Raises:
            KeyError: where the dataset has no such field.
        """
        for candidate in self.fields:
            if candidate.name == name:
                return candidate
        raise KeyError(name)

    @property
    def activatable(self) -> bool:
        """Whether some text, named with its article, allows the collection."""
        return any(basis.title and basis.article for basis in self.legal_basis)

    @property
    def stored_fields(self) -> tuple[Field, ...]:
        """The fields whose values are kept: all but those about persons."""
        return tuple(field for field in self.fields if field.personal is None)


@dataclass(frozen=True, slots=True)
class CodeList:
    """The values that a field may hold, each with the older spellings that mean it.

    A value of `with_remark` may be followed by a hyphen and free text (`其他-备案`).
    """

    name: str
    title: str
    values: tuple[str, ...]
    aliases: tuple[tuple[str, str], ...] = ()  # (as written, value)
    with_remark: tuple[str, ...] = ()
    verification: Verification = Verification.UNVERIFIED
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Category:
    """One of the 18 columns of the monthly table, in the order of `position` from 1."""

    name: str
    position: int
    title: str
    title_en: str


@dataclass(frozen=True, slots=True)
class SourceUnit:
    """A unit that hands in records (信源单位), in the order of `position` from 1."""

    code: str
    position: int
    name: str
    name_en: str
