"""A code is corrected by two persons, and an undo puts everything back."""

from __future__ import annotations

import json

import polars as pl
import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import accounts
from tests.factories.issues import (
    AT,
    FIRST,
    HELD,
    NEW,
    PRINTED_Y,
    REGISTRAR,
    SECOND,
    answer,
    by,
    claimed,
    decide,
    printed_y,
    propose,
    take,
)
from tests.factories.register import valid_code
from tests.proofs import share
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.ledger.models import Entry
from xinheng.apps.organizations import corrections, queries, search
from xinheng.apps.organizations.corrections import AnswerError, UncorrectableError
from xinheng.apps.organizations.models import (
    Correction,
    Organization,
    OrganizationChange,
    OrganizationCode,
    OrganizationName,
    RegisterIssue,
)
from xinheng.apps.outbox.models import Delivery
from xinheng.core.organizations.corrections import Fault, Flag, Subject

pytestmark = pytest.mark.django_db

TABLES = (
    *(Organization, OrganizationName, OrganizationCode, OrganizationChange),
    RegisterIssue,
)


def snapshot():
    """Return every row of the register's tables, and what a search finds."""
    rows = {each: list(each.objects.order_by("pk").values()) for each in TABLES}
    codes = [*Organization.objects.values_list("uscc", flat=True), NEW, PRINTED_Y]
    return rows, [(code, search.search(text=code)) for code in sorted({*codes})]


class TestPersons:
    def test_whoever_proposed_or_assigned_never_decides(self, tmp_path):
        issue = claimed(tmp_path).id
        accounts.add_unit("U02")
        corrections.assign(issue=issue, unit="U02", by=by(FIRST))
        propose(issue, answer(Flag.DELETE, Subject.CLAIMANT), actor=SECOND)

        for actor in (FIRST, SECOND):
            with pytest.raises(UncorrectableError, match=corrections.SAME_PERSON):
                corrections.decide(issue=issue, by=by(actor))

    def test_a_unit_proposes_what_was_assigned_to_it_and_never_decides(self, tmp_path):
        issue = claimed(tmp_path).id
        accounts.add_unit("U02")
        given = answer(Flag.DELETE, Subject.CLAIMANT)
        with pytest.raises(NotAllowedError):
            propose(issue, given, actor=REGISTRAR)
        corrections.assign(issue=issue, unit="U02", by=by(FIRST))

        propose(issue, given, actor=REGISTRAR)

        assert Correction.objects.get().proposed_by == "registrar"
        for act in (corrections.decide, corrections.send_back, corrections.undo):
            with pytest.raises(NotAllowedError):
                act(issue=issue, by=by(REGISTRAR))

    def test_the_database_refuses_one_person_for_both(self, tmp_path):
        propose(claimed(tmp_path).id, answer(Flag.DELETE, Subject.CLAIMANT))

        with pytest.raises(IntegrityError), transaction.atomic():
            Correction.objects.update(decided_by=FIRST.account_id)

    def test_every_act_stands_in_the_ledger(self, tmp_path):
        issue = claimed(tmp_path).id
        decide(issue, answer(Flag.DELETE, Subject.CLAIMANT))
        corrections.undo(issue=issue, by=by(FIRST))

        acts = Entry.objects.filter(subject=f"register_issue:{issue}")
        assert list(acts.order_by("seq").values_list("kind", "actor")) == [
            ("register.correction_proposed", "first"),
            ("register.correction_decided", "second"),
            ("register.correction_undone", "first"),
        ]


class TestAnswers:
    @pytest.mark.parametrize(
        ("given", "fault"),
        [
            (answer(Flag.DELETE, evidence=" "), Fault.EVIDENCE_MISSING),
            (answer(Flag.DELETE, digest="abc"), Fault.DIGEST_WRONG),
            (answer(Flag.NEW_CODE, code=""), Fault.CODE_MISSING),
            (answer(Flag.NEW_CODE, code=PRINTED_Y), Fault.CODE_WRONG),
            (answer(Flag.NEW_CODE, code=HELD), Fault.CODE_SAME),
            (answer(Flag.KEEP, Subject.CLAIMANT), Fault.SUBJECT_WRONG),
        ],
    )
    def test_are_refused_with_the_reason(self, tmp_path, given, fault):
        with pytest.raises(AnswerError) as refused:
            propose(claimed(tmp_path).id, given)

        assert refused.value.faults == (fault,)

    def test_can_be_sent_back(self, tmp_path):
        issue = claimed(tmp_path).id
        propose(issue, answer(Flag.DELETE, Subject.CLAIMANT))

        corrections.send_back(issue=issue, by=by(SECOND))

        assert Correction.objects.get().stage == "ASSIGNED"
        with pytest.raises(UncorrectableError, match=corrections.NOT_OPEN):
            corrections.decide(issue=issue, by=by(SECOND))


class TestNewCode:
    def test_keeps_the_organization_and_its_former_code(self, tmp_path):
        issue = claimed(tmp_path)
        decide(issue.id, answer(Flag.NEW_CODE))

        row = Organization.objects.get(id=issue.organization_id)
        assert (row.uscc, row.identifier) == (NEW, NEW[8:17])
        assert queries.find_former(HELD) == NEW
        assert search.search(text=NEW).items
        [code] = OrganizationCode.objects.values_list("code", "expires_on")
        assert (code[0], str(code[1])) == (HELD, "2019-06-04")

    def test_calls_for_the_rows_that_wait(self, tmp_path):
        decide(claimed(tmp_path).id, answer(Flag.NEW_CODE))

        payload = json.loads(Delivery.objects.order_by("id").last().payload)
        assert payload["codes"] == [NEW, HELD]

    def test_enters_the_claimant(self, tmp_path):
        decide(claimed(tmp_path).id, answer(Flag.NEW_CODE, Subject.CLAIMANT))

        assert Organization.objects.get(uscc=NEW).name == "示例市乙有限公司"
        assert Organization.objects.get(uscc=HELD).name == "示例市甲有限公司"

    def test_never_takes_what_another_bears_or_bore(self, tmp_path):
        issue = claimed(tmp_path).id
        take(tmp_path, ("示例市丁有限公司", NEW), day=1)

        with pytest.raises(UncorrectableError, match="CODE_HELD"):
            decide(issue, answer(Flag.NEW_CODE))
        assert Correction.objects.get().stage == "PROPOSED"


class TestDelete:
    def test_takes_the_code_out_of_use(self, tmp_path):
        issue = claimed(tmp_path)
        decide(issue.id, answer(Flag.DELETE))

        row = Organization.objects.get(uscc=HELD)
        assert (row.status, str(row.status_on)) == ("CODE_WITHDRAWN", "2019-06-04")
        issue.refresh_from_db()
        assert issue.state == "CORRECTED"


class TestKeep:
    def test_enters_a_code_that_the_registrar_confirmed(self, tmp_path):
        issue = printed_y(tmp_path)
        decide(issue.id, answer(Flag.KEEP, Subject.CLAIMANT))

        row = Organization.objects.get(uscc=PRINTED_Y)
        assert (row.nonconforming, row.name) == (True, "示例市丙有限公司")
        issue.refresh_from_db()
        assert issue.state == "CONFIRMED"

    def test_is_refused_for_what_is_no_code(self, tmp_path):
        take(tmp_path, ("示例市丙有限公司", "无"))
        issue = RegisterIssue.objects.get(kind="PLACEHOLDER").id

        with pytest.raises(AnswerError) as refused:
            propose(issue, answer(Flag.KEEP, Subject.CLAIMANT))
        assert refused.value.faults == (Fault.NOT_CONFIRMABLE,)


class TestUndo:
    def test_is_refused_where_the_register_went_on(self, tmp_path):
        issue = claimed(tmp_path).id
        decide(issue, answer(Flag.NEW_CODE))
        take(tmp_path, ("示例市甲甲有限公司", NEW), day=4)
        before = snapshot()

        with pytest.raises(UncorrectableError, match=corrections.CHANGED_SINCE):
            corrections.undo(issue=issue, by=by(FIRST))
        assert snapshot() == before

    def test_is_refused_where_the_issue_was_found_again(self, tmp_path):
        issue = claimed(tmp_path).id
        decide(issue, answer(Flag.DELETE, Subject.CLAIMANT))
        take(tmp_path, ("示例市甲有限公司", HELD), ("示例市乙有限公司", HELD), day=4)

        with pytest.raises(UncorrectableError, match=corrections.FOUND_AGAIN):
            corrections.undo(issue=issue, by=by(FIRST))

    def test_opens_the_issue_for_another_answer(self, tmp_path):
        issue = claimed(tmp_path).id
        decide(issue, answer(Flag.DELETE, Subject.CLAIMANT))
        corrections.undo(issue=issue, by=by(FIRST))

        decide(issue, answer(Flag.NEW_CODE))

        stages = Correction.objects.order_by("id").values_list("stage", flat=True)
        assert list(stages) == ["UNDONE", "DECIDED"]

    @pytest.mark.proof
    @settings(
        max_examples=share(100),
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(
        acts=st.lists(
            st.tuples(
                st.integers(0, 4), st.sampled_from(Flag), st.sampled_from(Subject)
            ),
            max_size=5,
        )
    )
    def test_restores_the_identical_state(self, tmp_path, acts):
        with transaction.atomic():
            self.examine(tmp_path, acts)
            transaction.set_rollback(True)

    def examine(self, tmp_path, acts):
        claimed(tmp_path)
        printed_y(tmp_path)
        take(tmp_path, ("示例市甲有限公司", HELD), ("示例市戊有限公司", HELD), day=1)
        pair = [("示例市辛有限公司", valid_code("91210899", n)) for n in (801, 802)]
        take(tmp_path, *pair, day=2)
        issues = list(RegisterIssue.objects.order_by("id").values_list("id", flat=True))
        states, done = [], []
        for number, flag, subject in acts:
            issue, before = issues[number % len(issues)], snapshot()
            try:
                with transaction.atomic():
                    decide(issue, answer(flag, subject))
            except (AnswerError, UncorrectableError):
                assert snapshot() == before
            else:
                states.append(before)
                done.append(issue)
        for issue, before in zip(reversed(done), reversed(states), strict=True):
            corrections.undo(issue=issue, by=by(FIRST))
            assert snapshot() == before


class TestFormerCodes:
    def test_lead_to_the_one_that_bore_them(self, tmp_path):
        issue = claimed(tmp_path)
        decide(issue.id, answer(Flag.NEW_CODE))

        known = queries.register().lookup(pl.Series([HELD, NEW]))

        found = known.select("code", "organization", "is_former").unique().sort("code")
        key = str(issue.organization_id)
        assert found.rows() == sorted([(HELD, key, True), (NEW, key, False)])

    def test_lead_to_whoever_bears_them_now(self, tmp_path):
        decide(claimed(tmp_path).id, answer(Flag.NEW_CODE))
        take(tmp_path, ("示例市己有限公司", HELD), day=4)

        known = queries.register().lookup(pl.Series([HELD]))

        assert known.select("name", "is_former").rows() == [("示例市己有限公司", False)]

    def test_lead_nowhere_where_two_bore_them(self, tmp_path):
        issue = claimed(tmp_path)
        decide(issue.id, answer(Flag.NEW_CODE))
        take(tmp_path, ("示例市庚有限公司", valid_code("91210899", 901)), day=4)
        other = Organization.objects.get(name="示例市庚有限公司")
        OrganizationCode.objects.create(
            organization=other, code=HELD, kind="USCC", recorded_at=AT
        )

        assert queries.register().lookup(pl.Series([HELD])).is_empty()
