"""Duties of unit U01 in the founded city."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest

from xinheng.apps.accounts.actors import OPERATOR, Actor
from xinheng.apps.duties import operations
from xinheng.apps.duties.views import DutyView


@pytest.fixture
def assign(city: None, received_at: datetime) -> Callable[..., DutyView]:
    """Assign a duty to U01 from May 2019 on."""

    def assigned(dataset: str = "permit", **changes: object) -> DutyView:
        asked = {"unit": "U01", "effective_on": date(2019, 5, 1)} | changes
        return operations.assign(
            actor=OPERATOR, dataset=dataset, at=received_at, **asked
        )

    return assigned


@pytest.fixture
def office() -> Actor:
    return Actor("office", sees_all_units=True, may_decide=True)
