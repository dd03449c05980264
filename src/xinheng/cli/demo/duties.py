"""Duties of the demo city: each unit owes the datasets that it reported in the month.

A unit that reported nothing owes what it stated nil returns for, so that nil and silent
units can be told apart. Who owes what is our invention; the bulletin does not say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from django.utils import timezone

from xinheng.apps.accounts.actors import OPERATOR
from xinheng.apps.duties import operations, queries
from xinheng.cli.demo.facts import Facts
from xinheng.rulebook import catalog


def assign_all(
    facts: Facts, *, without_records: tuple[str, ...], tell: Callable[[str], None]
) -> None:
    """Assign what is missing; `without_records` are owed by units with nothing."""
    there = {
        (duty.unit_code, duty.dataset) for duty in queries.list_duties(actor=OPERATOR)
    }
    missing = [each for each in _owed(facts, without_records) if each not in there]
    if missing:
        tell(f"报送义务 duties  {len(missing)}")
    for unit, dataset in missing:
        operations.assign(
            actor=OPERATOR,
            unit=unit,
            dataset=dataset,
            effective_on=date.fromisoformat(f"{facts.period}-01"),
            at=timezone.now(),
        )


def _owed(facts: Facts, without_records: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    by_category = {item.category: item.name for item in catalog.datasets()}
    for row in facts.units:
        reported = [by_category[name] for name, count in row.cells.items() if count]
        for dataset in reported or without_records:
            yield row.unit.code, dataset
