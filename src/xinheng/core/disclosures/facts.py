"""What is known of a thing that may be shown: the input of `visible_state`.

A record, a listing and a line of a report are all turned into a `Fact`; what the
platform knows about its publication (ends, disputes, hides) is part of it.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from xinheng.core.catalog.datasets import DisclosureClass


class Kind(StrEnum):
    """What it is, which says where its term comes from."""

    RECORD = "record"  # without a term of its own; an adverse one is never public
    PENALTY = "penalty"  # its term follows from the rule sets
    EXCLUSION = "exclusion"  # a listing; its term stands in the decision
    RECOGNITION = "recognition"  # a listing to somebody's credit


class Severity(StrEnum):
    """How serious the conduct is: 轻微, 一般, 严重."""

    MINOR = "minor"
    ORDINARY = "ordinary"
    SERIOUS = "serious"


class Trait(StrEnum):
    """What about a decision some rule set never publishes, or publishes longer."""

    CLASSIFIED = "classified"  # 涉密
    SUMMARY_PROCEDURE = "summary_procedure"  # 简易程序
    WARNING_ONLY = "warning_only"  # 警告
    CRITICISM_ONLY = "criticism_only"  # 通报批评
    SAFETY = "safety"  # food, drugs, special equipment, work safety, fire


class Cause(StrEnum):
    """Why a publication ended before its term."""

    REPAIRED = "repaired"
    ANNULLED = "annulled"  # changed, revoked or annulled: withdrawn
    REMOVED = "removed"  # taken off a list
    RECALLED = "recalled"  # reported wrongly


@dataclass(frozen=True, slots=True)
class End:
    """The end of a publication; `effective_on` is the first day without it."""

    cause: Cause
    effective_on: date


@dataclass(frozen=True, slots=True)
class Override:
    """A term that a law or regulation sets; `until` is the first day without it.

    Raises:
        ValueError: without a citation.
    """

    until: date
    citation: str

    def __post_init__(self) -> None:
        """Refuse a special term that names no text."""
        if not self.citation.strip():
            raise ValueError("a term of its own needs the text that sets it")


@dataclass(frozen=True, slots=True)
class Fact:
    """A thing that may be shown, with what is known about its publication.

    `decided_on` is null for what has no date of decision. `published_on` is the first
    day it was public, null before. `severity` is null where neither source nor rule
    says. `declared_until` is the last day that the source itself gave: it only
    shortens. `own_until` is the first day without a listing. `ends` are all ends known,
    `is_hidden` that a report of personal data on it is open or was upheld,
    `is_withheld` that it landed under a hold.
    """

    disclosure: DisclosureClass
    kind: Kind = Kind.RECORD
    adverse: bool = False
    decided_on: date | None = None
    published_on: date | None = None
    is_sole_proprietor: bool = False
    severity: Severity | None = None
    traits: Set[Trait] = field(default_factory=frozenset)
    declared_until: date | None = None
    own_until: date | None = None
    override: Override | None = None
    ends: tuple[End, ...] = ()
    is_withheld: bool = False
    is_hidden: bool = False
    is_disputed: bool = False
    is_erased: bool = False

    @property
    def is_adverse(self) -> bool:
        """Tell whether showing it is an adverse effect, whatever the catalog says."""
        return self.adverse or self.kind in (Kind.PENALTY, Kind.EXCLUSION)
