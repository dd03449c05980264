"""Pages over a founded register, and a signed-in clerk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.factories import accounts


@pytest.fixture
def city(db: None, settings: Any, tmp_path: Path) -> None:
    """Found the register in a directory of the test's own."""
    from tests.factories import city as cities

    cities.found(tmp_path, settings)


@pytest.fixture
def clerk(city: None) -> Client:
    """A browser in which a clerk of 市场监督管理局 (U02) is signed in."""
    accounts.clerk("zhang", unit="U02")
    client = Client()
    accounts.sign_in(client, "zhang")
    return client


@pytest.fixture
def office(city: None) -> Client:
    """A browser in which somebody of the credit office is signed in."""
    account = accounts.credit_office()
    client = Client()
    accounts.sign_in_verified(client, account, "office")
    return client
