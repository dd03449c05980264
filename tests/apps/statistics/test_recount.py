"""The table of a month, counted again from the archive."""

from __future__ import annotations

import pytest

from tests.factories import files, waiting
from xinheng.apps.intake import archived
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.statistics import recount

DOCUMENT = "许可内容"


@pytest.fixture
def handed_in(city):
    """Two units; corrections under another month, rows again, rows kept aside."""
    rows = files.permit_rows(9)
    waiting.submit(rows[:4], unit="U01")
    waiting.submit([*rows[4:8], waiting.misnamed(rows[8])], unit="U02")
    changed = [{**row, DOCUMENT: "更正后的内容"} for row in rows[:2]]
    waiting.submit([*changed, rows[2]], unit="U01", period="2019-06")
    waiting.submit(rows[:1], unit="U02")  # another unit's: kept aside, not counted


class TestRecount:
    def test_comes_to_the_same_numbers(self, handed_in):
        done = recount.recount(period="2019-05")

        assert done.ok
        assert (done.records, done.ledger_size) == (8, ledger.size())
        assert recount.recount(period="2019-06").records == 0

    def test_finds_what_the_tables_have_and_the_archive_lacks(self, handed_in):
        last = archived.list_parts(ledger_size=ledger.size())[1]
        last.path.unlink()

        done = recount.recount(period="2019-05")

        assert not done.ok
        assert done.missing == (last.path.name,)
        (found,) = done.differences
        assert (found.unit, found.tables, found.archive) == ("U02", 4, 0)
