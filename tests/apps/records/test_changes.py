"""The feed: whoever goes through it holds what may be seen, and never more."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from datetime import date

import polars as pl
import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.apps.records.test_landing import AT, SCHEMA
from tests.factories import register
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.organizations.models import Organization
from xinheng.apps.records import (
    changes,
    days,
    in_force,
    landing,
    publication,
    queries,
    succession,
    touching,
)
from xinheng.apps.records.changes import PUBLIC, CursorAheadError, Reader
from xinheng.apps.records.models import PublicationHold, Record
from xinheng.core.changes.cursor import BEGINNING, Cursor
from xinheng.core.organizations.succession import Kind, Plan

pytestmark = pytest.mark.usefixtures("city")

OFFICE = Actor("office", may_decide=True)
OTHER = Actor("other", may_decide=True)
TODAY = date(2019, 6, 3)
UNITS = ("U01", "U02")
KEYS = tuple("abcdef")
READERS = (PUBLIC, *(Reader(frozenset({unit})) for unit in UNITS))


def land(
    rows: dict[str, str],
    *,
    unit: str = "U01",
    dataset: str = "permit",
    organization: object = None,
    decided_on: date = date(2019, 5, 6),
    held: bool = False,
    take_over: bool = False,
) -> int:
    """Land rows (key -> content) as a submission does, and return the entry."""
    code = Organization.objects.get(id=organization).uscc
    frame = pl.DataFrame(
        [
            (number, organization, key, decided_on, _body(text, code))
            for number, (key, text) in enumerate(rows.items(), 1)
        ],
        schema=SCHEMA,
        orient="row",
    )
    key = uuid.uuid4()
    batch = landing.Batch(key, dataset, "2018", unit, None, "2019-06", frame)
    with transaction.atomic():
        if take_over:
            in_force.give_up(
                dataset=dataset, unit=unit, keys=list(rows), landing=key, at=AT
            )
        landing.land(batch, at=AT)
        if held:
            seen = publication.Seen(key, dataset, unit, "COUNT_EXPLODED", {})
            publication.hold(seen, actor="test", at=AT)
        seq = ledger.append(
            kind="submission.completed",
            subject=f"submission:{key}",
            actor="test",
            body={},
            at=AT,
        ).seq
        landing.seal(submission=key, ledger_seq=seq)
    return seq


def _body(text: str, code: str) -> str:
    return json.dumps({"decision_no": text, "uscc": code}, separators=(",", ":"))


@dataclass
class Client:
    """Somebody who keeps what the feed tells, and nothing else."""

    reader: Reader
    cursor: Cursor = BEGINNING
    kept: dict[str, queries.PublicRecord] = field(default_factory=dict)

    def read(self, *, limit: int = changes.MOST_ROWS, on: date = TODAY) -> bool:
        told = changes.list_changes(
            after=self.cursor, reader=self.reader, on=on, limit=limit
        )
        places = [change.cursor for change in told.changes]
        assert places == sorted(set(places))
        assert all(self.cursor < place <= told.next for place in places)
        for change in told.changes:
            self.kept.pop(change.replaces or "", None)
            if change.record is None:
                self.kept.pop(change.id, None)
            else:
                self.kept[change.id] = change.record
        self.cursor = told.next
        return told.is_end

    def read_all(self, *, limit: int = changes.MOST_ROWS, on: date = TODAY) -> None:
        while not self.read(limit=limit, on=on):
            pass


def export(reader: Reader, *, on: date = TODAY) -> list[str]:
    """Return what a reader may see, read from the register itself."""
    if reader.units is None:
        shown = [
            each
            for key in Organization.objects.values_list("id", flat=True)
            for each in queries.list_public(organization=str(key), on=on)
            if not any(text.startswith("92") for _, _, text in each.fields)
        ]
        return sorted(map(repr, shown))
    rows = Record.objects.filter(source_unit__in=reader.units, superseded_at=None)
    items = changes.catalog.list_datasets()
    see = queries.seer(on=on, view=queries.View.OWN)
    shown = [(row, see(row, items[row.dataset])) for row in rows]
    return sorted(map(repr, queries.with_lateness(shown, items)))


def told_of(reader: Reader, *, on: date = TODAY) -> list[str]:
    client = Client(reader)
    client.read_all(on=on)
    return sorted(map(repr, client.kept.values()))


@pytest.fixture
def somebody():
    [code] = register.add("示例市甲有限公司")
    return str(Organization.objects.get(uscc=code).id)


class TestListChanges:
    def test_tells_what_landed_in_the_order_of_the_ledger(self, somebody):
        seq = land({"a": "1", "b": "2"}, organization=somebody)

        told = changes.list_changes(after=BEGINNING, on=TODAY)

        assert [str(each.cursor) for each in told.changes] == [f"{seq}.1", f"{seq}.2"]
        assert [each.id for each in told.changes] == [f"{seq}.1", f"{seq}.2"]
        assert told.is_end
        assert told.next == Cursor(seq)

    def test_names_the_version_that_a_correction_replaces(self, somebody):
        first = land({"a": "1"}, organization=somebody)
        seq = land({"a": "2"}, organization=somebody)

        [change] = changes.list_changes(after=Cursor(first), on=TODAY).changes

        assert (change.id, change.replaces) == (f"{seq}.1", f"{first}.1")

    def test_says_that_there_is_nothing(self, somebody):
        seq = land({"a": "1"}, organization=somebody)

        told = changes.list_changes(after=Cursor(seq), on=TODAY)

        assert (told.changes, told.is_end) == ((), True)

    def test_refuses_a_cursor_that_the_ledger_has_not_reached(self, somebody):
        seq = land({"a": "1"}, organization=somebody)

        with pytest.raises(CursorAheadError):
            changes.list_changes(after=Cursor(seq + 1, 1), on=TODAY)

    def test_shows_the_public_nothing_adverse(self, somebody):
        land({"a": "1"}, organization=somebody, dataset="penalty")

        assert told_of(PUBLIC) == []
        assert len(told_of(READERS[1])) == 1

    def test_holds_no_sole_proprietor(self):
        [code] = register.add("示例市甲理发店", prefix="92210899")
        land({"a": "1"}, organization=str(Organization.objects.get(uscc=code).id))

        assert told_of(PUBLIC) == []
        assert len(told_of(READERS[1])) == 1

    def test_shows_a_unit_its_own_rows_alone(self, somebody):
        land({"a": "1"}, organization=somebody, unit="U01")

        assert len(told_of(READERS[1])) == 1
        assert told_of(READERS[2]) == []

    def test_takes_from_a_unit_what_became_another_ones(self, somebody):
        land({"a": "1"}, organization=somebody, unit="U01")
        mine = Client(READERS[1])
        mine.read_all()

        land({"a": "2"}, organization=somebody, unit="U02", take_over=True)
        mine.read_all()

        assert mine.kept == {}
        assert len(told_of(READERS[2])) == 1

    def test_takes_away_what_a_held_landing_replaced(self, somebody):
        land({"a": "1"}, organization=somebody)
        client = Client(PUBLIC)
        client.read_all()

        land({"a": "2"}, organization=somebody, held=True)
        client.read_all()
        hidden = dict(client.kept)
        [hold] = publication.list_holds()
        publication.let_pass(hold=hold.id, actor=OFFICE, reason="属实", at=AT)
        client.read_all()

        assert hidden == {}
        assert [each.fields[-1][2] for each in client.kept.values()] == ["2"]

    def test_says_nothing_of_what_was_never_shown(self, somebody):
        land({"a": "1"}, organization=somebody, held=True)

        assert changes.list_changes(after=BEGINNING, on=TODAY).changes == ()

    def test_goes_on_within_an_entry(self, somebody):
        land(dict.fromkeys(KEYS, "1"), organization=somebody)
        client = Client(PUBLIC)

        pages = 0
        while not client.read(limit=2):
            pages += 1

        assert len(client.kept) == len(KEYS)
        assert pages >= len(KEYS) // 2 - 1


class TestTurnDay:
    def test_shows_what_the_day_made_public(self, somebody):
        days.turn_day(on=TODAY, actor="worker", at=AT)
        land({"a": "1"}, organization=somebody, decided_on=date(2019, 6, 5))
        client = Client(PUBLIC)
        client.read_all()
        before = dict(client.kept)

        turned = days.turn_day(on=date(2019, 6, 5), actor="worker", at=AT)
        client.read_all(on=date(2019, 6, 5))

        assert (before, turned) == ({}, 1)
        assert len(client.kept) == 1

    def test_turns_no_day_twice_nor_backwards(self, somebody):
        land({"a": "1"}, organization=somebody, decided_on=date(2019, 6, 5))
        days.turn_day(on=TODAY, actor="worker", at=AT)
        days.turn_day(on=date(2019, 6, 5), actor="worker", at=AT)

        again = days.turn_day(on=date(2019, 6, 5), actor="worker", at=AT)
        back = days.turn_day(on=TODAY, actor="worker", at=AT)

        assert (again, back) == (0, 0)


class Register(RuleBasedStateMachine):
    """Units and the office act in any order while clients read on, page by page."""

    def __init__(self) -> None:
        super().__init__()
        self.organizations: list[str] = []
        self.clients = [Client(reader) for reader in READERS]
        self.on = TODAY

    @rule(
        chosen=st.dictionaries(
            st.sampled_from(KEYS), st.sampled_from("123"), min_size=1
        ),
        unit=st.sampled_from(UNITS),
        place=st.integers(0, 2),
        dataset=st.sampled_from(["permit", "permit", "penalty"]),
        ahead=st.sampled_from([0, 0, 1, 3]),
        held=st.booleans(),
        take_over=st.booleans(),
    )
    def land(self, chosen, unit, place, dataset, ahead, held, take_over):
        land(
            chosen,
            unit=unit,
            dataset=dataset,
            organization=self.organizations[place],
            decided_on=date(2019, 6, 3 + ahead),
            held=held,
            take_over=take_over,
        )

    @rule()
    def let_pass(self):
        for row in PublicationHold.objects.filter(released_at=None)[:1]:
            publication.let_pass(hold=row.id, actor=OFFICE, reason="属实", at=AT)

    @rule(giver=st.integers(0, 2), heir=st.integers(0, 2))
    def split(self, giver, heir):
        if giver != heir:
            known = Organization.objects.in_bulk(map(int, self.organizations))
            codes = [known[int(key)].uscc for key in self.organizations]
            number = succession.propose(
                giver=codes[giver],
                heir=codes[heir],
                plan=Plan(Kind.SPLIT, ("permit",), TODAY),
                by=succession.By(OFFICE, "示例〔2019〕1号", AT),
            )
            succession.decide(number=number, by=succession.By(OTHER, "属实", AT))

    @rule()
    def turn_the_day(self):
        self.on = date(2019, 6, self.on.day + 1)
        days.turn_day(on=self.on, actor="worker", at=AT)

    @rule(who=st.integers(0, 2), limit=st.integers(1, 5))
    def read_a_page(self, who, limit):
        self.clients[who].read(limit=limit, on=self.on)

    @invariant()
    def whoever_reads_to_the_end_holds_what_may_be_seen(self):
        for client in self.clients:
            went_on = Client(client.reader, client.cursor, dict(client.kept))
            went_on.read_all(limit=3, on=self.on)
            held = sorted(map(repr, went_on.kept.values()))
            assert held == export(client.reader, on=self.on)
            assert held == told_of(client.reader, on=self.on)


def test_deltas_from_anywhere_equal_a_full_export():
    Organization.objects.all().delete()

    class Undone(Register):
        def __init__(self) -> None:
            super().__init__()
            self.undone = transaction.atomic()
            self.undone.__enter__()
            days.turn_day(on=TODAY, actor="worker", at=AT)
            codes = [
                *register.add("示例市甲有限公司", "示例市乙有限公司"),
                *register.add("示例市丙理发店", prefix="92210899"),
            ]
            self.organizations = [
                str(Organization.objects.get(uscc=code).id) for code in codes
            ]

        def teardown(self) -> None:
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)

    case = Undone.TestCase
    case.settings = settings(
        max_examples=8,
        stateful_step_count=10,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    case("runTest").runTest()


def test_a_touch_lies_behind_the_rows_of_its_entry(somebody):
    seq = land({"a": "1"}, organization=somebody)

    touched = touching.touch(seq=seq, records=Record.objects.all())

    told = changes.list_changes(after=BEGINNING, on=TODAY).changes
    assert touched == 1
    assert [each.id for each in told] == [f"{seq}.1"] * 2
