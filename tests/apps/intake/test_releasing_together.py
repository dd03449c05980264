"""Workers, clerks and the credit office at once: each row lands once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial

import pytest
from django.db import connection

from tests.factories import files
from tests.factories.waiting import (
    LATER,
    OFFICE,
    import_strangers,
    misnamed,
    of_stranger,
    submit,
)
from xinheng.apps.intake import deciding, releasing
from xinheng.apps.intake.deciding import Choice, UndecidableError
from xinheng.apps.intake.models import HeldRow, Submission
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.records.models import Record

ROWS = 12


@pytest.fixture
def register(transactional_db, city):
    """A founded register that several connections share: PostgreSQL alone."""
    if connection.vendor != "postgresql":
        pytest.skip("the tests' SQLite database has one connection")


def at_once(acts: list[Callable[[], object]]) -> list[object]:
    def act(each: Callable[[], object]) -> object:
        try:
            return each()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [done.result() for done in [pool.submit(act, each) for each in acts]]


def tolerant(act: Callable[..., object], choice: Choice) -> None:
    with suppress(UndecidableError):
        act(choice, at=LATER)


class TestTogether:
    def test_workers_land_every_row_once(self, register, tmp_path):
        rows = files.permit_rows(ROWS)
        submit([of_stranger(row, n) for n, row in enumerate(rows)])
        import_strangers(tmp_path, range(ROWS))

        landed = at_once([partial(releasing.release_known, at=LATER)] * 4)

        assert sum(landed) == ROWS
        assert Record.objects.count() == ROWS
        assert Submission.objects.filter(origin="RELEASE").count() == 1
        assert ledger.verify().problems == ()

    def test_deciders_decide_every_row_once(self, register):
        submit([misnamed(row) for row in files.permit_rows(ROWS)])
        every = list(HeldRow.objects.values_list("id", flat=True))
        choices = [Choice(every[n:], OFFICE, "核对") for n in (0, 3, 6)]
        acts = [partial(tolerant, deciding.accept, each) for each in choices]
        acts += [partial(tolerant, deciding.send_back, each) for each in choices]
        acts += [partial(submit, files.permit_rows(4), at=LATER)]

        at_once(acts)

        closed = HeldRow.objects.filter(closed_by__isnull=False)
        for release in Submission.objects.filter(origin="RELEASE"):
            mine = closed.filter(closed_by=release)
            assert mine.count() == release.rows_read
            assert set(mine.values_list("decision", flat=True)) == {"ACCEPTED"}
        in_force = Record.objects.filter(superseded_at__isnull=True)
        assert in_force.count() == in_force.values("natural_key").distinct().count()
        assert ledger.verify().problems == ()
