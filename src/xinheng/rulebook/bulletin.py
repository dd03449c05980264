"""What the bulletin is called and whom it names: `bulletin.toml` as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from xinheng.core.catalog.datasets import Verification
from xinheng.core.statistics.naming import Leading
from xinheng.rulebook.reading import Place, build, read


@dataclass(frozen=True, slots=True)
class LeadingRule:
    """From which rates on a unit is named as leading, and how many at most."""

    timely_at_least: Decimal
    compliance_at_least: Decimal
    at_most: int
    verification: Verification
    source: str

    @property
    def thresholds(self) -> Leading:
        """The rule as core takes it."""
        return Leading(
            Fraction(self.timely_at_least),
            Fraction(self.compliance_at_least),
            self.at_most,
        )


@dataclass(frozen=True, slots=True)
class PlausibilityRule:
    """How many months a unit's total is held against."""

    months: int
    verification: Verification
    source: str


@dataclass(frozen=True, slots=True)
class BulletinRules:
    """The rules of `bulletin.toml`."""

    masthead: str
    masthead_en: str
    leading: LeadingRule
    plausibility: PlausibilityRule


@cache
def rules() -> BulletinRules:
    """Return the rules in force."""
    return load(files("xinheng.rulebook") / "bulletin.toml")


def load(file: Traversable) -> BulletinRules:
    """Return the rules of a file.

    Raises:
        RulebookError: one is missing or misspelled, or a number is out of bounds.
    """
    loaded = build(BulletinRules, read(file), Place(file.name))
    leading = loaded.leading
    for name in ("timely_at_least", "compliance_at_least"):
        if not 0 <= getattr(leading, name) <= 1:
            raise Place(file.name, "leading", name).error("is a share from 0 to 1")
    if leading.at_most < 1 or loaded.plausibility.months < 1:
        raise Place(file.name, "leading", "at_most").error("counts from 1")
    return loaded
