"""A few penalties of the demo city that are public on the day of the build.

The printed month has none. These are made up, about made-up organizations, by the
fictional city's own unit; they count in the month of the build, never in that of the
printed table.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta

from django.utils import timezone

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.intake import operations
from xinheng.apps.records import queries as records
from xinheng.cli.demo.blemishes import Row
from xinheng.core.catalog.datasets import Dataset
from xinheng.rulebook import catalog, samples

DATASET, UNIT, FILE = "penalty", "U02", "示例行政处罚.csv"
COUNT = 4
# Kinds whose class is in the verified list, so that their term is known.
CONTENT = {
    "penalty_types": "没收违法所得、没收非法财物",
    "penalty_content": "没收违法所得2000元",
    "fine_amount": "",
    "confiscated_amount": "0.2",
}
DECIDED_DAYS_AGO = 3


def add_some(*, tell: Callable[[str], None]) -> None:
    """Hand the penalties in, unless that was done."""
    at = timezone.now()
    on = timezone.localdate(at)
    if records.count_current(dataset=DATASET):
        return
    tell("行政处罚 penalties")
    dataset = catalog.dataset(DATASET)
    hand_in = operations.HandIn(
        actor=Actor(f"demo-clerk-{UNIT}", units=frozenset({UNIT})),
        unit=UNIT,
        dataset=DATASET,
        period=None,
        file_name=FILE,
        content=io.BytesIO(_csv(dataset, on)),
    )
    waiting = operations.receive(hand_in, at=at)
    operations.process(submission=waiting, at=at)


def _csv(dataset: Dataset, on: date) -> bytes:
    """Return the file: companies alone, decided some days before the build."""
    unit = next(each for each in catalog.units() if each.code == UNIT)
    month = f"{on:%Y-%m}"
    drawn = samples.sample_rows(dataset, rows=4 * COUNT, month=month, unit=unit)
    code = dataset.field("uscc").title
    companies = [row for row in drawn if not row[code].startswith("92")][:COUNT]
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(companies[0]))
    writer.writeheader()
    writer.writerows(_told(dataset, row, on) for row in companies)
    return text.getvalue().encode("utf-8-sig")


def _told(dataset: Dataset, row: Row, on: date) -> Row:
    decided = on - timedelta(days=DECIDED_DAYS_AGO)
    days = {
        "decided_on": decided.isoformat(),
        "penalty_valid_to": (decided + timedelta(days=365)).isoformat(),
    }
    changed = {**CONTENT, **days}
    return row | {dataset.field(name).title: text for name, text in changed.items()}
