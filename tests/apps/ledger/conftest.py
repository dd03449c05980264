"""A ledger with a key of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from xinheng.apps.ledger import guards, operations

collect_ignore = [] if connection.vendor == "sqlite" else ["test_damaged_file.py"]

AT = datetime(2019, 6, 3, 1, 30, 15, 123456, tzinfo=UTC)


@pytest.fixture(autouse=True)
def keys_dir(settings: Any, tmp_path: Path) -> Path:
    """Keep the test's key out of everyone else's way."""
    settings.KEYS_DIR = tmp_path / "keys"
    settings.SIGNING_KEY = ""
    return tmp_path / "keys"


@pytest.fixture
def at() -> datetime:
    """When the acts of these tests were recorded."""
    return AT


@pytest.fixture
def append() -> Callable[..., operations.Appended]:
    """Append one act in a transaction of its own."""

    def append_one(number: int = 0, **changes: object) -> operations.Appended:
        act: dict[str, Any] = {
            "kind": "submission.completed",
            "subject": f"submission:{number}",
            "actor": "account:1",
            "body": {"rows_read": number, "note": "示例"},
            "at": AT,
        }
        with transaction.atomic():
            return operations.append(**(act | changes))

    return append_one


@pytest.fixture
def lift_guards(db: None) -> None:
    """Drop the triggers, as whoever tampers must; the rollback brings them back."""
    guards.remove(connection)
