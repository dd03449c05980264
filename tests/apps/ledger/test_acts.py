"""Acts: each sees its own, its unit's, or all of them."""

from __future__ import annotations

import pytest

from xinheng.apps.accounts.actors import OPERATOR, Actor
from xinheng.apps.ledger import acts
from xinheng.apps.ledger.queries import UnknownEntryError


@pytest.fixture
def ledger(db, append):
    append(0, actor="account:1")
    append(1, actor="account:2", body={"unit": "U02"})
    append(2, actor="account:1", body={"unit": "U03"})


CLERK = Actor("account:1", units=frozenset({"U02"}))
STRANGER = Actor("account:3")


@pytest.mark.usefixtures("ledger")
class TestListActs:
    def test_shows_ones_own_the_latest_first(self):
        assert [entry.seq for entry in acts.list_acts(reader=CLERK)] == [2, 0]

    def test_goes_on_before_an_act(self):
        assert [e.seq for e in acts.list_acts(reader=CLERK, before=2)] == [0]

    def test_shows_all_to_whoever_sees_all(self):
        assert [e.seq for e in acts.list_acts(reader=OPERATOR)] == [2, 1, 0]


@pytest.mark.usefixtures("ledger")
class TestGetAct:
    @pytest.mark.parametrize("seq", range(3))
    def test_shows_what_is_ones_own_or_of_ones_unit(self, seq):
        assert acts.get_act(reader=CLERK, seq=seq).seq == seq

    @pytest.mark.parametrize("seq", range(4))
    def test_hides_everything_else(self, seq):
        with pytest.raises(UnknownEntryError):
            acts.get_act(reader=STRANGER, seq=seq)
