"""Facts about fictional decisions and rule sets that a test can read at a glance."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from xinheng.core.catalog.datasets import DisclosureClass, Verification
from xinheng.core.disclosures.facts import (
    Cause,
    End,
    Fact,
    Kind,
    Override,
    Severity,
    Trait,
)
from xinheng.core.disclosures.periods import (
    Anchor,
    ClassTerm,
    PeriodRules,
    RuleSet,
)

VERIFIED, UNVERIFIED = Verification.VERIFIED, Verification.UNVERIFIED
DECIDED = date(2026, 5, 4)
DAYS = st.dates(min_value=date(2018, 1, 1), max_value=date(2032, 12, 31))


def penalty(**known: Any) -> Fact:
    """Return an ordinary penalty of May 2026, or one that differs as `known` says."""
    return Fact(
        **{
            "disclosure": DisclosureClass.PUBLIC,
            "kind": Kind.PENALTY,
            "adverse": True,
            "decided_on": DECIDED,
            "severity": Severity.ORDINARY,
            **known,
        }
    )


def rule_set(name: str, *terms: ClassTerm, **known: Any) -> RuleSet:
    """Return a set that is in force since 2020 and runs from the decision."""
    return RuleSet(
        **{
            "name": name,
            "title": name,
            "title_en": name,
            "system": "credit",
            "effective_on": date(2020, 1, 1),
            "anchor": Anchor.DECISION,
            "anchor_verification": VERIFIED,
            "terms": terms,
            "source": "test",
            **known,
        }
    )


def rules(*rule_sets: RuleSet) -> PeriodRules:
    """Return rules of the system that `rule_set` makes sets for."""
    return PeriodRules("credit", 3, rule_sets)


def facts() -> st.SearchStrategy[Fact]:
    """Return any fact, likely and unlikely ones."""
    return st.builds(
        Fact,
        disclosure=st.sampled_from(list(DisclosureClass)),
        kind=st.sampled_from(list(Kind)),
        adverse=st.booleans(),
        decided_on=st.none() | DAYS,
        published_on=st.none() | DAYS,
        is_sole_proprietor=st.booleans(),
        severity=st.none() | st.sampled_from(list(Severity)),
        traits=st.frozensets(st.sampled_from(list(Trait)), max_size=2),
        declared_until=st.none() | DAYS,
        own_until=st.none() | DAYS,
        override=st.none() | st.builds(Override, DAYS, st.just("某法第一条")),
        ends=st.lists(
            st.builds(End, st.sampled_from(list(Cause)), DAYS), max_size=2
        ).map(tuple),
        is_withheld=st.booleans(),
        is_hidden=st.booleans(),
        is_disputed=st.booleans(),
        is_erased=st.booleans(),
    )
