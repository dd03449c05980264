"""A company on a list, and a look-up without threads."""

from __future__ import annotations

import pytest

from tests.apps.measures.conftest import adopted as adopted
from tests.apps.measures.conftest import company as company
from tests.apps.measures.conftest import fire as fire
from tests.apps.measures.conftest import recall as recall
from tests.factories import standing
from xinheng.apps.standing.operations import Asker, Channel


@pytest.fixture(autouse=True)
def direct(monkeypatch: pytest.MonkeyPatch) -> standing.Direct:
    return standing.without_threads(monkeypatch)


@pytest.fixture
def treasury() -> Asker:
    """The machine of 财政局 (U25)."""
    return Asker("service-key:test", "U25", Channel.API)
