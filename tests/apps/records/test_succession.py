"""Records follow where two persons say so, and an undo puts everything back."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.apps.records.test_landing import land
from tests.factories import register
from tests.factories.issues import FIRST, LATER, REGISTRAR, SECOND, take
from tests.proofs import share
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.catalog.queries import UnknownDatasetError
from xinheng.apps.ledger.models import Entry
from xinheng.apps.organizations import mergers, queries, search
from xinheng.apps.organizations.models import (
    Organization,
    OrganizationChange,
    OrganizationCode,
    OrganizationName,
)
from xinheng.apps.outbox.models import Delivery
from xinheng.apps.records import succession, successions
from xinheng.apps.records.models import Record, RecordMove, Succession
from xinheng.apps.records.succession import By, NotDoneError, PlanError
from xinheng.core.organizations.succession import Fault, Kind, Plan

pytestmark = pytest.mark.usefixtures("city")

DAY = date(2019, 6, 4)
TABLES = (
    *(Organization, OrganizationName, OrganizationCode, OrganizationChange),
    Record,
)


@pytest.fixture
def codes():
    """Three organizations; the first has two permits and a penalty."""
    found = register.add("示例市甲有限公司", "示例市乙有限公司", "示例市丙有限公司")
    first = str(key(found[0]))
    land(("a", "{}"), ("b", "{}"), seq=1000, organization=first)
    land(("c", "{}"), seq=1001, organization=first, dataset="penalty")
    return found


def key(code):
    return Organization.objects.get(uscc=code).id


def by(actor, reason="示例市登记〔2019〕2号"):
    return By(actor, reason, LATER)


def propose(giver, heir, kind=Kind.MERGE, *datasets, actor=FIRST, day=DAY):
    plan = Plan(kind, datasets, day)
    return succession.propose(giver=giver, heir=heir, plan=plan, by=by(actor))


def decide(*arguments):
    number = propose(*arguments)
    succession.decide(number=number, by=by(SECOND))
    return number


def borne(code):
    """Return the natural keys of the records in force of an organization."""
    rows = Record.objects.filter(organization__uscc=code, superseded_at__isnull=True)
    return "".join(sorted(rows.values_list("natural_key", flat=True)))


def snapshot():
    rows = {each: list(each.objects.order_by("pk").values()) for each in TABLES}
    every = Organization.objects.order_by("uscc").values_list("uscc", flat=True)
    return rows, [search.search(text=code) for code in every]


class TestMerge:
    def test_ends_the_giver_and_moves_what_was_chosen(self, codes):
        decide(codes[0], codes[1], Kind.MERGE, "permit")

        row = Organization.objects.get(uscc=codes[0])
        assert (row.status, row.status_on) == ("MERGED", DAY)
        assert (borne(codes[0]), borne(codes[1])) == ("c", "ab")

    def test_leads_the_public_to_the_heir(self, codes):
        giver = queries.get_public(codes[0]).key
        assert successions.merged_into(organization=giver) is None

        number = decide(codes[0], codes[1])

        assert successions.merged_into(organization=giver).uscc == codes[1]
        succession.undo(number=number, by=by(FIRST))
        assert successions.merged_into(organization=giver) is None

    def test_follows_what_the_registrar_said_already_once(self, codes):
        Organization.objects.filter(uscc=codes[0]).update(status="MERGED")
        decide(codes[0], codes[1], Kind.MERGE, "permit", "penalty")
        assert borne(codes[1]) == "abc"

        with pytest.raises(NotDoneError, match=succession.MERGED_ALREADY):
            decide(codes[0], codes[2])

    def test_tells_those_who_wait_for_news(self, codes):
        decide(codes[0], codes[1], Kind.MERGE, "permit")

        last = Entry.objects.order_by("seq").last()
        assert last.kind == "organization.merged"
        assert json.loads(last.body)["records"] == {"permit": 2}
        payload = json.loads(Delivery.objects.order_by("id").last().payload)
        assert payload == {"codes": codes[:2], "succession": last.seq}


class TestSplit:
    def test_moves_what_was_chosen_and_ends_nobody(self, codes):
        number = decide(codes[0], codes[2], Kind.SPLIT, "penalty")

        assert (borne(codes[0]), borne(codes[2])) == ("ab", "c")
        assert Organization.objects.get(uscc=codes[0]).status == "REGISTERED"
        view = successions.get_succession(actor=SECOND, number=number)
        assert view.moved == {"penalty": 1}

    def test_leaves_a_later_version_where_its_code_leads(self, codes):
        number = decide(codes[0], codes[2], Kind.SPLIT, "permit")
        giver = str(key(codes[0]))
        land(("a", '{"x":"2"}'), seq=9000, organization=giver)

        assert (borne(codes[0]), borne(codes[2])) == ("ac", "b")
        succession.undo(number=number, by=by(FIRST))
        assert borne(codes[0]) == "abc"


class TestPersons:
    def test_whoever_proposed_never_decides(self, codes):
        number = propose(codes[0], codes[1])

        for act in (succession.decide, succession.refuse):
            with pytest.raises(NotDoneError, match=succession.SAME_PERSON):
                act(number=number, by=by(FIRST))

    def test_only_the_credit_office_acts_or_sees(self, codes):
        number = propose(codes[0], codes[1])

        with pytest.raises(NotAllowedError):
            propose(codes[0], codes[1], actor=REGISTRAR)
        for act in (succession.decide, succession.refuse, succession.undo):
            with pytest.raises(NotAllowedError):
                act(number=number, by=by(REGISTRAR))
        with pytest.raises(NotAllowedError):
            successions.list_successions(actor=REGISTRAR)

    def test_the_database_refuses_one_person_for_both(self, codes):
        decide(codes[0], codes[1])

        with pytest.raises(IntegrityError), transaction.atomic():
            Succession.objects.update(decided_by=FIRST.account_id)


class TestRefusals:
    def test_of_a_plan_name_its_faults(self, codes):
        with pytest.raises(PlanError) as refused:
            propose(codes[0], codes[1], Kind.SPLIT, day=date(2031, 1, 1))

        assert refused.value.faults == (Fault.DAY_WRONG, Fault.NOTHING_CHOSEN)

    def test_of_what_is_not_known(self, codes):
        for code in (register.valid_code("91210899", 900), "\x00"):
            with pytest.raises(mergers.UnknownOrganizationError):
                propose(codes[0], code)
        with pytest.raises(UnknownDatasetError):
            propose(codes[0], codes[1], Kind.SPLIT, "nothing")

    def test_leave_everything_and_close_the_proposal(self, codes):
        before, number = snapshot(), propose(codes[0], codes[1], Kind.MERGE, "permit")

        succession.refuse(number=number, by=by(SECOND))

        assert snapshot() == before
        with pytest.raises(NotDoneError, match=succession.NOT_OPEN):
            succession.decide(number=number, by=by(SECOND))

    def test_meet_a_plan_that_the_register_outran(self, codes):
        number = propose(codes[0], codes[1])
        decide(codes[1], codes[2])

        with pytest.raises(PlanError) as refused:
            succession.decide(number=number, by=by(SECOND))
        assert refused.value.faults == (Fault.HEIR_ENDED,)


class TestUndo:
    def test_is_refused_where_the_register_went_on(self, codes, tmp_path):
        number = decide(codes[0], codes[1], Kind.MERGE, "permit")
        take(tmp_path, ("示例市甲甲有限公司", codes[0]), day=4)
        before = snapshot()

        with pytest.raises(NotDoneError, match=succession.CHANGED_SINCE):
            succession.undo(number=number, by=by(FIRST))
        assert snapshot() == before

    def test_is_refused_where_the_records_moved_on_even_in_a_circle(self, codes):
        number = decide(codes[0], codes[1], Kind.SPLIT, "permit")
        decide(codes[1], codes[0], Kind.SPLIT, "permit")
        decide(codes[0], codes[1], Kind.SPLIT, "permit")

        with pytest.raises(NotDoneError, match=succession.MOVED_ON):
            succession.undo(number=number, by=by(FIRST))
        assert borne(codes[1]) == "ab"

    def test_keeps_who_followed_as_history(self, codes):
        number = decide(codes[0], codes[1], Kind.MERGE, "permit")
        succession.undo(number=number, by=by(FIRST))

        assert RecordMove.objects.filter(succession=number).count() == 2
        kinds = Entry.objects.filter(subject=f"succession:{number}").order_by("seq")
        assert list(kinds.values_list("kind", "actor")) == [
            ("organization.succession_proposed", "first"),
            ("organization.merged", "second"),
            ("organization.succession_undone", "first"),
        ]

    @pytest.mark.proof
    @settings(
        max_examples=share(100),
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(
        acts=st.lists(
            st.tuples(
                st.integers(0, 2),
                st.integers(0, 2),
                st.sampled_from(Kind),
                st.sets(st.sampled_from(["permit", "penalty"])),
            ),
            max_size=6,
        )
    )
    def test_restores_the_identical_state(self, codes, acts):
        with transaction.atomic():
            self.examine(codes, acts)
            transaction.set_rollback(True)

    def examine(self, codes, acts):
        states, done = [], []
        for giver, heir, kind, datasets in acts:
            before = snapshot()
            try:
                with transaction.atomic():
                    number = decide(codes[giver], codes[heir], kind, *datasets)
            except (PlanError, NotDoneError):
                assert snapshot() == before
            else:
                states.append(before)
                done.append(number)
        for number, before in zip(reversed(done), reversed(states), strict=True):
            succession.undo(number=number, by=by(FIRST))
            assert snapshot() == before
