"""An organization with a permit and a penalty, and what issues reports about it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import redress
from xinheng.apps.reports import operations
from xinheng.apps.reports.operations import Issued, Order
from xinheng.core.reports.kinds import Kind

SITE = "https://credit.example.org/verify/"


@pytest.fixture
def body(db: None, settings: Any, tmp_path) -> redress.Body:
    settings.KEYS_DIR = tmp_path / "keys"
    redress.collect("permit", "penalty", "judgment", "loan", "repair_completed")
    redress.adopt(at=redress.AT)
    found = redress.a_body()
    redress.a_permit(found)
    return found


@pytest.fixture
def issue(body):
    def issue(kind: Kind = Kind.PUBLIC, at=redress.LATER, **change: Any) -> Issued:
        order = Order(body.uscc, kind, "asker", **change)
        return operations.issue(order=order, site=SITE, at=at)

    return issue
