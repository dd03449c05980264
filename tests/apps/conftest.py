"""A founded register: units, catalog items, fictional organizations."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.factories import files
from xinheng.apps.accounts.actors import Actor

RECEIVED_AT = datetime(2019, 6, 3, 2, 0, tzinfo=UTC)


@pytest.fixture
def city(db: None, settings: object, tmp_path: Path) -> None:
    """Found the register in a directory of the test's own."""
    from xinheng.apps.organizations import operations
    from xinheng.cli import founding

    settings.DATA_DIR = tmp_path  # type: ignore[attr-defined]
    settings.STAGING_DIR = tmp_path / "staging"  # type: ignore[attr-defined]
    settings.ARCHIVE_DIR = tmp_path / "archive"  # type: ignore[attr-defined]
    founding.found()
    operations.import_register(
        path=files.write_register(tmp_path / "register.csv"),
        actor="test",
        at=RECEIVED_AT,
    )


@pytest.fixture
def clerk() -> Actor:
    """A clerk of 行政审批局 (U01)."""
    return Actor("clerk-of-u01", units=frozenset({"U01"}))


@pytest.fixture
def received_at() -> datetime:
    """The morning of 3 June 2019 in China."""
    return RECEIVED_AT
