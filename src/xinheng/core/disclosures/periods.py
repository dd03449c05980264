"""How long a penalty is public: rule sets side by side, chosen by date and class.

Each rule set was in force on its own days. All that were in force on some day between
the decision and today bound the term, because which one governs an older decision is
not settled: the shortest stands, and a term that ran out never begins again.

A rule whose source is not verified may shorten a term, never lengthen it: its maximum
counts only up to the least that a verified rule gives the same class, its minimum and
its later beginning don't count at all.

Source: domain notes, 1.6; the sets themselves are data (`rulebook/periods.toml`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from xinheng.core.catalog.datasets import Verification
from xinheng.core.disclosures.facts import Fact, Severity, Trait
from xinheng.core.disclosures.months import add_months


class Anchor(StrEnum):
    """The day from which a period runs."""

    DECISION = "decision_date"
    PUBLICATION = "publication_date"


@dataclass(frozen=True, slots=True)
class ClassTerm:
    """A class in a rule set: how long it is public, in calendar months.

    `severity` null means every class; `trait` null every decision of the class. Where
    it is not `published`, the class is never public. `min_months` is when an early end
    may be asked for at the soonest, null where at once.
    """

    max_months: int
    verification: Verification
    severity: Severity | None = None
    trait: Trait | None = None
    min_months: int | None = None
    published: bool = True
    source: str | None = None

    def fits(self, severity: Severity | None, traits: frozenset[Trait]) -> bool:
        """Tell whether the term is one for that class and those traits."""
        return self.severity in (None, severity) and (
            self.trait is None or self.trait in traits
        )


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A rule set in force on `[effective_on, expires_on)` for the pages of `system`.

    Decisions with one of `never_published` are not public while it is in force, nor
    later.
    """

    name: str
    title: str
    title_en: str
    system: str
    effective_on: date
    anchor: Anchor
    anchor_verification: Verification
    terms: tuple[ClassTerm, ...]
    source: str
    never_published: tuple[Trait, ...] = ()
    expires_on: date | None = None

    def covers(self, first: date, last: date) -> bool:
        """Tell whether it was in force on some day from `first` to `last`."""
        return self.effective_on <= last and (
            self.expires_on is None or first < self.expires_on
        )


@dataclass(frozen=True, slots=True)
class PeriodRules:
    """Every rule set, and the one system of pages that this platform is."""

    system: str
    withdraw_within_days: int
    rule_sets: tuple[RuleSet, ...]

    def between(self, first: date, last: date) -> Iterator[RuleSet]:
        """Yield the sets of this system in force on some day from first to last."""
        for rule_set in self.rule_sets:
            if rule_set.system == self.system and rule_set.covers(first, last):
                yield rule_set

    def verified_months(self, severity: Severity | None) -> int | None:
        """Return the least maximum that a verified rule gives the class, else null."""
        known = [
            each.max_months
            for rule_set in self.rule_sets
            for each in rule_set.terms
            if each.severity == severity
            and each.published
            and each.verification is Verification.VERIFIED
        ]
        return min(known, default=None)


class Never(StrEnum):
    """Why a penalty has no term at all."""

    TRAIT = "never_published"  # classified, summary procedure, a mere warning
    MINOR = "minor"  # a class that the rule set does not publish
    UNCLASSIFIED = "unclassified"  # its class is not known, and some are not public
    NO_RULE = "no_term"  # no rule set gives it a term


@dataclass(frozen=True, slots=True)
class Term:
    """How long something is public: on days before `until`.

    `rule_set` names the set that bounds it, null where a law of its own or the decision
    does. `earliest_end_on` is when an early end may be asked for at the soonest.
    """

    until: date
    rule_set: str | None = None
    earliest_end_on: date | None = None


def term(fact: Fact, rules: PeriodRules, *, on: date) -> Term | Never:
    """Return how long a penalty is public as the rules stand on a day, or why not.

    A penalty without a date of decision, or decided when no set was in force and none
    has come since, has no term.
    """
    if fact.decided_on is None:
        return Never.NO_RULE
    found = [
        _term_under(rule_set, fact, rules)
        for rule_set in rules.between(fact.decided_on, max(fact.decided_on, on))
    ]
    refused = [each for each in found if isinstance(each, Never)]
    terms = [each for each in found if isinstance(each, Term)]
    if refused or not terms:
        return min(refused, key=list(Never).index, default=Never.NO_RULE)
    return _overridden(fact, terms)


def _overridden(fact: Fact, terms: list[Term]) -> Term:
    """Return the shortest term, or the one that a law of its own sets."""
    shortest = min(terms, key=lambda each: each.until)
    latest = terms[-1].earliest_end_on
    if fact.override is not None:
        return Term(fact.override.until, None, latest)
    until = shortest.until
    if fact.declared_until is not None:
        until = min(until, fact.declared_until + timedelta(days=1))
    return Term(until, shortest.rule_set, latest)


def _term_under(rule_set: RuleSet, fact: Fact, rules: PeriodRules) -> Term | Never:
    if any(trait in fact.traits for trait in rule_set.never_published):
        return Never.TRAIT
    rule = _rule_for(rule_set, fact)
    if isinstance(rule, Never):
        return rule
    start = _start(rule_set, fact)
    months = _months(rule, fact.severity or Severity.ORDINARY, rules)
    if fact.is_sole_proprietor:
        months = min(months, rule.min_months or 0)
    return Term(
        add_months(start, months), rule_set.name, add_months(start, _least(rule))
    )


def _rule_for(rule_set: RuleSet, fact: Fact) -> ClassTerm | Never:
    """Return the rule of the fact's class; an unknown class is taken for ordinary.

    Where the set doesn't publish every class, an unknown one is not public at all.
    """
    if fact.severity is None and not all(each.published for each in rule_set.terms):
        return Never.UNCLASSIFIED
    severity = fact.severity or Severity.ORDINARY
    fitting = [
        each for each in rule_set.terms if each.fits(severity, frozenset(fact.traits))
    ]
    if not fitting:
        return Never.NO_RULE
    special = [each for each in fitting if each.trait is not None]
    rule = (special or fitting)[0]
    return rule if rule.published else Never.MINOR


def _months(rule: ClassTerm, severity: Severity, rules: PeriodRules) -> int:
    if rule.verification is Verification.VERIFIED:
        return rule.max_months
    verified = rules.verified_months(severity)
    return rule.max_months if verified is None else min(rule.max_months, verified)


def _least(rule: ClassTerm) -> int:
    """Return the months before an early end; an unverified minimum bars nothing."""
    if rule.verification is not Verification.VERIFIED:
        return 0
    return rule.min_months or 0


def _start(rule_set: RuleSet, fact: Fact) -> date:
    """Return the day a period runs from; the later one only where that is verified."""
    decided_on = fact.decided_on or date.min
    if (
        rule_set.anchor is Anchor.PUBLICATION
        and rule_set.anchor_verification is Verification.VERIFIED
        and fact.published_on is not None
    ):
        return max(decided_on, fact.published_on)
    return decided_on
