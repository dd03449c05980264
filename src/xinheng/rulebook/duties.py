"""When duties fall due and units are reminded: `duties.toml` as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from xinheng.core.catalog.datasets import Dataset, Frequency, Verification
from xinheng.core.duties.due_dates import Terms
from xinheng.rulebook.reading import Place, Table, build, read

_LAST_POSSIBLE_DAY = 28


@dataclass(frozen=True, slots=True)
class DueRule:
    """The day of the month after a span by which its records are due."""

    due_day: int
    verification: Verification
    source: str


@dataclass(frozen=True, slots=True)
class ProductionRule:
    """Of which datasets a unit declares each month what it produced, and by when."""

    datasets: tuple[str, ...]
    due_day: int
    verification: Verification
    source: str


@dataclass(frozen=True, slots=True)
class ReminderRule:
    """When a unit is reminded.

    `before_working_days` ahead of the last day, and once after it, unless the last day
    is more than `after_at_most_days` calendar days ago.
    """

    before_working_days: int
    after_at_most_days: int
    verification: Verification
    source: str


@dataclass(frozen=True, slots=True)
class DutyRules:
    """The rules of `duties.toml`."""

    monthly: DueRule
    quarterly: DueRule
    yearly: DueRule
    production: ProductionRule
    reminders: ReminderRule

    def terms(self, frequency: Frequency, within: int | None) -> Terms:
        """Return how a duty of that frequency falls due.

        Raises:
            ValueError: where working days are asked for without a number of them.
        """
        if frequency is Frequency.WORKING_DAYS:
            return Terms(frequency, within=within)
        rule: DueRule = getattr(self, frequency.value)
        return Terms(frequency, due_day=rule.due_day)

    def terms_of(self, dataset: Dataset) -> Terms:
        """Return how the dataset falls due where nothing else is agreed."""
        return self.terms(dataset.frequency, dataset.report_within)


@cache
def rules() -> DutyRules:
    """Return the rules in force."""
    return load(files("xinheng.rulebook") / "duties.toml")


def load(file: Traversable) -> DutyRules:
    """Return the rules of a file.

    Raises:
        RulebookError: where one is missing or misspelled, or a number is out of bounds.
    """
    content: Table = read(file)
    loaded = build(DutyRules, content, Place(file.name))
    for name in ("monthly", "quarterly", "yearly", "production"):
        if not 1 <= getattr(loaded, name).due_day <= _LAST_POSSIBLE_DAY:
            raise Place(file.name, name, "due_day").error("is a day from 1 to 28")
    reminders = loaded.reminders
    if min(reminders.before_working_days, reminders.after_at_most_days) < 1:
        raise Place(file.name, "reminders").error("counts from 1")
    return loaded
