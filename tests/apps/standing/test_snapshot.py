"""The thread that follows, and readers who must never see half a decision."""

from __future__ import annotations

import threading
import time
from datetime import UTC, date, datetime

import pytest
from django.db import connection, transaction

from tests.apps.measures.conftest import act
from tests.factories.city import an_organization
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.measures import operations as measures
from xinheng.apps.measures import queries
from xinheng.apps.organizations import queries as organizations
from xinheng.apps.standing import index, snapshot
from xinheng.apps.standing.snapshot import Snapshot
from xinheng.core.measures.causes import Cause

AT = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
ON = date(2026, 6, 15)
CODE = an_organization().code
ROUNDS = 4


@pytest.fixture
def following():
    """A snapshot with its thread, ended with the test."""
    followed = Snapshot()
    yield followed
    followed.stop()


def decide(cause, organization):
    """List an organization the way a listing does: its entry, then its measures."""
    with transaction.atomic():
        return measures.fire(
            cause=cause,
            scheme="work-safety-recognition",
            organization=organization,
            effective_on=date(2026, 6, 1),
            expires_on=date(2027, 6, 1),
            ledger_seq=act(),
            actor="second",
            at=AT,
        )


def end(cause):
    with transaction.atomic():
        measures.recall(
            cause=cause,
            reason="repaired",
            effective_on=date(2026, 6, 10),
            ledger_seq=act(),
            actor="second",
            at=AT,
        )


def wait_for(condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


class TestIndex:
    def test_finds_what_it_holds_and_nothing_else(self):
        codes = index.build([("B" * 18, "REVOKED"), ("A" * 18, "REGISTERED")])

        asked = ["A" * 18, "B" * 18, "C" * 18, "A" * 17, "", "甲", "Z" * 40]
        assert codes.find_many(asked) == [codes.find(each) for each in asked]
        assert codes.find_many(asked)[:3] == ["REGISTERED", "REVOKED", None]

    def test_of_nothing_finds_nothing(self):
        assert index.build([]).find_many(["A" * 18]) == [None]
        assert index.build([]).find("A" * 18) is None


@pytest.mark.skipif(
    connection.vendor == "sqlite",
    reason="the tests' SQLite lies in memory, where a reader locks out the writer",
)
@pytest.mark.django_db(transaction=True)
class TestSnapshot:
    def test_follows_what_was_committed(self, city, following):
        organization = int(organizations.get_public(CODE).key)
        assert CODE not in following.view().effects
        cause = Cause("listing", "1")

        decide(cause, organization)
        wait_for(lambda: CODE in following.view().effects)
        end(cause)

        wait_for(lambda: following.view().effects[CODE][0].ended_on is not None)
        view = following.view()
        assert view.ledger_size > 0
        assert not view.effects[CODE][0].is_in_force(ON, view.ledger_size)

    def test_shows_no_reader_a_list_without_its_measures(self, city, following):
        """Readers of snapshot and tables look while one organization comes and goes."""
        organization = int(organizations.get_public(CODE).key)
        seen, halves, over = [], [], threading.Event()

        def read():
            while not over.is_set():
                effects = following.view().effects.get(CODE, ())
                halves.extend(each for each in effects if len(each.measures) != 4)
                rows = queries.in_force(organization=organization, on=ON)
                seen.append(len(rows))
                if len(rows) not in (0, 4):
                    halves.append(rows)
            connection.close()

        following.view()
        readers = [threading.Thread(target=read) for _ in range(2)]
        for reader in readers:
            reader.start()
        for number in range(ROUNDS):
            decide(Cause("listing", str(number)), organization)
            time.sleep(0.02)
            end(Cause("listing", str(number)))
        over.set()
        for reader in readers:
            reader.join()

        assert seen
        assert halves == []


class TestAdvance:
    @pytest.mark.usefixtures("city")
    def test_is_the_same_as_reading_everything_anew(self, fire, recall):
        first = snapshot.load()
        fire()
        fire(cause=Cause("listing", "2"))
        recall()

        anew = snapshot.load()
        advanced = snapshot.advance(first, anew.ledger_size)

        assert advanced.effects == anew.effects
        assert advanced.ledger_size == anew.ledger_size == ledger.size()
