"""A founded register and a unit's machine that calls it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.apps.conftest import city as city
from xinheng.apps.accounts import service_keys
from xinheng.apps.accounts.actors import OPERATOR


@pytest.fixture
def machine(city: None) -> Client:
    """Return a client that bears the service key of 行政审批局 (U01)."""
    at = timezone.now()
    issued = service_keys.issue_service_key(
        unit="U01", at=at, expires_at=at + timedelta(days=1), actor=OPERATOR
    )
    return Client(headers={"Authorization": f"Bearer {issued.token}"})
