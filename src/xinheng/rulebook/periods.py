"""How long what is public: `periods.toml` as the values of core."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise

from xinheng.core.catalog.datasets import Verification
from xinheng.core.disclosures.classification import Classification
from xinheng.core.disclosures.periods import PeriodRules, RuleSet
from xinheng.rulebook.reading import Place, Table, build, read


@dataclass(frozen=True, slots=True)
class DatasetColumns:
    """The columns of a dataset that its term is read from."""

    types: str
    declared_until: str | None = None


@dataclass(frozen=True, slots=True)
class PublicityRule:
    """Which datasets are public within how many working days of the decision."""

    datasets: tuple[str, ...]
    within_working_days: int
    verification: Verification
    source: str


@dataclass(frozen=True, slots=True)
class WithdrawalRule:
    """Within how many calendar days an annulled decision is withdrawn."""

    within_days: int
    verification: Verification
    source: str


@dataclass(frozen=True, slots=True)
class ReportRule:
    """How soon a report of personal data hides a page's part, and is decided."""

    hide_within_minutes: int
    decide_within_working_days: int
    verification: Verification
    source: str


@dataclass(frozen=True, slots=True)
class _Kinds:
    serious: tuple[str, ...]
    ordinary: tuple[str, ...]
    warning: tuple[str, ...]
    criticism: tuple[str, ...]
    verification: Verification
    source: str


@dataclass(frozen=True, slots=True)
class _File:
    system: str
    datasets: tuple[tuple[str, DatasetColumns], ...]
    publicity: PublicityRule
    withdrawal: WithdrawalRule
    reports: ReportRule
    classification: _Kinds
    rule_sets: tuple[RuleSet, ...]


@dataclass(frozen=True, slots=True)
class Publication:
    """The rules of `periods.toml`; `datasets` by name, those with a term alone."""

    periods: PeriodRules
    datasets: dict[str, DatasetColumns]
    classification: Classification
    publicity: PublicityRule
    withdrawal: WithdrawalRule
    reports: ReportRule


@cache
def rules() -> Publication:
    """Return the rules of this release.

    Raises:
        RulebookError: where the file can't stand.
    """
    return load(files("xinheng.rulebook") / "periods.toml")


def load(file: Traversable) -> Publication:
    """Return the rules of a file.

    Raises:
        RulebookError: where one is missing or misspelled, a number is out of bounds, or
            two sets of one system are in force on one day.
    """
    content: Table = read(file)
    said = build(_File, content, Place(file.name))
    ordered = tuple(sorted(said.rule_sets, key=lambda each: each.effective_on))
    for rule_set in ordered:
        _check_terms(rule_set, Place(file.name, rule_set.name))
    _check_overlaps(ordered, file.name)
    return Publication(
        periods=PeriodRules(said.system, said.withdrawal.within_days, ordered),
        datasets=dict(said.datasets),
        classification=_classification(said.classification),
        publicity=said.publicity,
        withdrawal=said.withdrawal,
        reports=said.reports,
    )


def _classification(said: _Kinds) -> Classification:
    """Return the classes by kind; unverified ones may shorten a term, no more."""
    is_verified = said.verification is Verification.VERIFIED
    return Classification(
        serious=said.serious if is_verified else (),
        ordinary=said.ordinary if is_verified else (),
        warning=said.warning,
        criticism=said.criticism,
    )


def _check_terms(rule_set: RuleSet, place: Place) -> None:
    if not rule_set.terms:
        raise place.at("terms").error("names no class")
    for number, term in enumerate(rule_set.terms, start=1):
        if not (term.min_months or 0) <= term.max_months or term.max_months < 1:
            raise (
                place.at("terms")
                .at(str(number))
                .error("needs 0 <= min_months <= max_months, and at least one month")
            )


def _check_overlaps(ordered: tuple[RuleSet, ...], file: str) -> None:
    for system in {each.system for each in ordered}:
        own = [each for each in ordered if each.system == system]
        for first, second in pairwise(own):
            if first.covers(second.effective_on, second.effective_on):
                raise Place(file, second.name, "effective_on").error(
                    f"set {first.name!r} is still in force"
                )
