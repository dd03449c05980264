"""Twelve months at a glance, cut at a ledger size."""

import pytest

from xinheng.apps.statistics import overview
from xinheng.core.statistics.monthly import State
from xinheng.rulebook import catalog

FIRST, SECOND = (unit.code for unit in catalog.units()[:2])


@pytest.fixture
def reported(report):
    report(FIRST, "permit", 3, period="2019-04")
    report(SECOND, "penalty", 2, period="2019-05")
    return report(FIRST, "permit", 4, period="2019-05")


class TestLook:
    def test_has_twelve_months_and_their_totals(self, reported):
        seen = overview.look(period="2019-05")

        assert (seen.months[0], seen.months[-1]) == ("2018-06", "2019-05")
        assert seen.totals == (*(0,) * 10, 3, 6)
        assert seen.units[0].counts[-2:] == (3, 4)
        assert seen.totals[-1] == seen.table.grand_total
        assert len(seen.table.in_state(State.SILENT)) == 46

    def test_counts_permits_and_penalties_against_organizations(self, reported):
        last = overview.look(period="2019-05").publicity[-1]

        assert (last.permits, last.penalties) == (4, 2)
        assert last.share is None or last.organizations

    def test_keeps_to_the_ledger_size(self, reported, report):
        report(FIRST, "permit", 9, period="2018-12")

        before = overview.look(period="2019-05", ledger_size=reported)

        assert sum(before.totals) == 9
        assert sum(overview.look(period="2019-05").totals) == 18
