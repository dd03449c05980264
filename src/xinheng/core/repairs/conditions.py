"""Whether an adverse entry may be repaired (信用修复), and what is still lacking.

    minimum term       the shortest time of publication has passed
    conduct corrected  what was wrong is put right
    duties done        what the decision ordered is done
    commitment         a public credit commitment was made

What a law excludes is refused with that law's words. A bar or a condition that was not
read in a published text is held against nobody.

Source: domain notes, 1.7.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from xinheng.core.catalog.datasets import Verification


class Condition(StrEnum):
    """What has to be there before a repair."""

    MINIMUM_TERM = "minimum_term"
    CONDUCT_CORRECTED = "conduct_corrected"
    DUTIES_DONE = "duties_done"
    COMMITMENT = "commitment"


class Outcome(StrEnum):
    """What was decided."""

    REPAIRED = "repaired"
    REFUSED = "refused"


class Fault(StrEnum):
    """Why an application can't be made; stable codes, with texts in the rulebook."""

    MINIMUM_TERM = "REPAIR_TOO_EARLY"
    CONDUCT_CORRECTED = "REPAIR_NOT_CORRECTED"
    DUTIES_DONE = "REPAIR_DUTIES_OPEN"
    COMMITMENT = "REPAIR_NO_COMMITMENT"
    BARRED = "REPAIR_BARRED"
    OPEN = "REPAIR_OPEN"
    NOTHING_SHOWN = "REPAIR_NOTHING_SHOWN"


@dataclass(frozen=True, slots=True)
class Bar:
    """What can't be repaired: a class of entries, and the text that says so."""

    subject: str
    citation: str
    verification: Verification
    source: str


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The conditions on `[effective_on, expires_on)`, with what they rest on."""

    name: str
    title: str
    title_en: str
    citation: str
    verification: Verification
    source: str
    effective_on: date
    conditions: tuple[Condition, ...]
    expires_on: date | None = None
    bars: tuple[Bar, ...] = ()

    def is_in_force_on(self, on: date) -> bool:
        """Return whether the set holds on that day."""
        return self.effective_on <= on and (
            self.expires_on is None or on < self.expires_on
        )


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known when somebody applies.

    `earliest_on` is the first day after the minimum term, null where there is none.
    `subjects` are the classes that the entry belongs to. `is_shown` says that it is
    public today, `is_open` that an application about it is open already.
    """

    earliest_on: date | None
    conduct_corrected: bool
    duties_done: bool
    has_commitment: bool
    subjects: Collection[str]
    is_shown: bool
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Lack:
    """What stands against a repair; `from_on` the day on which that ends, if known."""

    fault: Fault
    from_on: date | None = None
    citation: str = ""


def in_force(rule_sets: Iterable[RuleSet], *, on: date) -> RuleSet | None:
    """Return the conditions in force on a day, null where no set covers it."""
    return next((each for each in rule_sets if each.is_in_force_on(on)), None)


def find_lacks(rule_set: RuleSet | None, facts: Facts, *, on: date) -> tuple[Lack, ...]:
    """Return what stands against a repair on a day; nothing where it may be asked for.

    Without a rule set nothing but the right itself is known: only what is open already
    or not shown stands against it.
    """
    lacks = []
    if facts.is_open:
        lacks.append(Lack(Fault.OPEN))
    if not facts.is_shown:
        lacks.append(Lack(Fault.NOTHING_SHOWN))
    if rule_set is None:
        return tuple(lacks)
    if (bar := _find_bar(rule_set, facts)) is not None:
        lacks.append(Lack(Fault.BARRED, citation=bar.citation))
    unmet = (
        _find_unmet(condition, rule_set, facts, on) for condition in rule_set.conditions
    )
    return (*lacks, *(lack for lack in unmet if lack is not None))


def _find_bar(rule_set: RuleSet, facts: Facts) -> Bar | None:
    return next(
        (
            bar
            for bar in rule_set.bars
            if bar.subject in facts.subjects
            and bar.verification is Verification.VERIFIED
        ),
        None,
    )


def _find_unmet(
    condition: Condition, rule_set: RuleSet, facts: Facts, on: date
) -> Lack | None:
    if condition is Condition.MINIMUM_TERM:
        if facts.earliest_on is None or on >= facts.earliest_on:
            return None
        return Lack(Fault.MINIMUM_TERM, facts.earliest_on, rule_set.citation)
    is_met = {
        Condition.CONDUCT_CORRECTED: facts.conduct_corrected,
        Condition.DUTIES_DONE: facts.duties_done,
        Condition.COMMITMENT: facts.has_commitment,
    }[condition]
    if is_met:
        return None
    return Lack(Fault[condition.name], citation=rule_set.citation)
