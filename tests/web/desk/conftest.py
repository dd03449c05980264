"""Something of each queue, for the pages that show what waits."""

from __future__ import annotations

import pytest

from tests.factories import files
from tests.factories.waiting import AT, misnamed, of_stranger, submit
from xinheng.apps.intake.models import Question
from xinheng.apps.records.models import PublicationHold
from xinheng.rulebook import catalog


@pytest.fixture
def kept(city):
    """Of each queue one row of U02, and one in question of U01."""
    rows = files.permit_rows(5)
    wrong = {**rows[2], "许可决定日期": "2031-01-01"}
    submit([misnamed(rows[0]), of_stranger(rows[1]), wrong], unit="U02")
    submit([misnamed(rows[3])], unit="U01")


@pytest.fixture
def question(city):
    rows = files.permit_rows(20)
    day = catalog.dataset("permit").field("decided_on").title
    submit([{**row, day: "2019-05-31"} for row in rows], unit="U02")
    return Question.objects.get().id


@pytest.fixture
def hold(city):
    done = submit(files.permit_rows(8)[6:], unit="U02")
    return PublicationHold.objects.create(
        dataset="permit",
        unit_id="U02",
        cause_id=done.id,
        rule="COUNT_EXPLODED",
        details={"period": "2019-05", "count": 40, "usual": 4},
        held_at=AT,
    ).id
