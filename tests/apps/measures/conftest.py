"""A city whose rulebook a lawyer has adopted, and a company on a list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.db import transaction

from tests.factories.city import an_organization
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.law import operations as law
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.measures import operations, queries
from xinheng.apps.organizations import queries as organizations
from xinheng.core.measures.causes import Cause

AT = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
CAUSE = Cause("listing", "1")


@pytest.fixture
def adopted(city: None) -> None:
    """A founded city in which the rulebook is adopted."""
    proposed = law.propose(
        lawyer="示例律师", effective_on=date(2026, 6, 1), actor="first", at=AT
    )
    law.adopt(adoption=proposed.id, actor="second", at=AT)


@pytest.fixture
def company(city: None) -> int:
    """The key of a company in the register."""
    return int(organizations.get_public(an_organization().code).key)


def act() -> int:
    """Append an act of another app and return its place in the ledger."""
    entry = ledger.append(
        kind="test.listed", subject="test", actor="test", body={}, at=AT
    )
    return entry.seq


@pytest.fixture
def fire(adopted: None, company: int) -> Callable[..., int]:
    """Put the measures of a list in force on the company."""

    def fired(**changes: object) -> int:
        asked = {
            "cause": CAUSE,
            "scheme": "wage-arrears-exclusion",
            "organization": company,
            "effective_on": date(2026, 6, 1),
            "expires_on": date(2027, 6, 1),
            "actor": "second",
            "at": AT,
        } | changes
        with transaction.atomic():
            return operations.fire(ledger_seq=act(), **asked)

    return fired


@pytest.fixture
def recall(fire: Callable[..., int]) -> Callable[..., int]:
    """End the measures of a cause."""

    def recalled(cause: Cause = CAUSE, **changes: object) -> int:
        asked = {
            "reason": "repaired",
            "effective_on": date(2026, 7, 1),
            "actor": "second",
            "at": datetime(2026, 7, 1, 2, 0, tzinfo=UTC),
        } | changes
        with transaction.atomic():
            return operations.recall(cause=cause, ledger_seq=act(), **asked)

    return recalled


@pytest.fixture
def office() -> Actor:
    return Actor("office", sees_all_units=True, may_decide=True)


@pytest.fixture
def treasury() -> Actor:
    """A clerk of 财政局 (U25)."""
    return Actor("clerk-of-u25", units=frozenset({"U25"}))


@pytest.fixture
def task(fire: Callable[..., int]) -> int:
    """The number of the treasury's task to keep the company out of procurement."""
    fire()
    return next(
        each.id
        for each in queries.open_tasks(CAUSE)
        if (each.unit, each.measure.code) == ("U25", "M-PROC")
    )
