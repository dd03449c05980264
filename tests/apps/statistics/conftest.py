"""Records, nil returns and submissions as a month's table meets them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime

import polars as pl
import pytest
from django.db import transaction

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.intake import nil_returns
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.records import landing

AT = datetime(2019, 6, 3, 2, 0, tzinfo=UTC)


@pytest.fixture
def founded(db: None, settings: object, tmp_path: object) -> None:
    """Units and catalog items, nothing else."""
    from xinheng.cli import founding

    settings.KEYS_DIR = tmp_path / "keys"  # type: ignore[attr-defined, operator]
    founding.found()


@pytest.fixture
def report(founded: None) -> Callable[..., int]:
    """Land records of a unit and return the ledger's size after it."""

    def land(
        unit: str, dataset: str, count: int, *, note: str = "", period: str = "2019-05"
    ) -> int:
        numbers = range(1, count + 1)
        rows = pl.DataFrame(
            {
                "row": pl.Series(numbers, dtype=pl.UInt32),
                "organization": pl.Series([None] * count, dtype=pl.String),
                "natural_key": [f"{unit}/{dataset}/{period}/{n}" for n in numbers],
                "decided_on": [date(2019, 5, 20)] * count,
                "body": [f'{{"note":"{note}"}}'] * count,
            }
        )
        batch = landing.Batch(
            submission=uuid.uuid4(),
            dataset=dataset,
            edition="2018",
            unit=unit,
            period=period,
            received_period="2019-06",
            rows=rows,
        )
        with transaction.atomic():
            landing.land(batch, at=AT)
            appended = ledger.append(
                kind="test", subject="test", actor="test", body={}, at=AT
            )
            landing.seal(submission=batch.submission, ledger_seq=appended.seq)
        return appended.seq + 1

    return land


@pytest.fixture
def state_nothing(founded: None) -> Callable[[str, str], None]:
    """File a nil return."""

    def file(unit: str, dataset: str) -> None:
        nil_returns.file_nil_return(
            actor=Actor("clerk", units=frozenset({unit})),
            unit=unit,
            dataset=dataset,
            period="2019-05",
            at=AT,
        )

    return file
