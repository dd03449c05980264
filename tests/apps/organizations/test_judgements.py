"""Judgements change nothing but themselves, and can be taken back."""

from __future__ import annotations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import register
from tests.factories.issues import FIRST, LATER, REGISTRAR
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.organizations import judgements
from xinheng.apps.organizations.judgements import UnknownEntryError, WithdrawnError
from xinheng.apps.organizations.models import Judgement, Organization
from xinheng.core.organizations.judgements import Entry, EntryKind, Verdict, pair

pytestmark = pytest.mark.django_db


def three():
    register.add("示例市甲有限公司", "示例市乙有限公司", "示例市丙有限公司")
    keys = Organization.objects.order_by("id").values_list("id", flat=True)
    return [Entry(EntryKind.ORGANIZATION, key) for key in keys]


def judge(one, other, verdict=Verdict.SAME, actor=FIRST):
    return judgements.judge(
        pair=pair(one, other), verdict=verdict, reason="地址相同", actor=actor, at=LATER
    )


def standing():
    return set(Judgement.objects.filter(deleted_at=None).values_list())


class TestJudge:
    def test_keeps_who_when_and_why_and_merges_nothing(self):
        one, other, _ = three()
        before = list(Organization.objects.order_by("id").values())

        judge(other, one)

        [found] = judgements.list_between([one])
        assert (found.one, found.other) == (str(one), str(other))
        assert (found.judged_by, found.judged_at) == ("first", LATER)
        assert list(Organization.objects.order_by("id").values()) == before

    def test_replaces_what_was_said_before(self):
        one, other, _ = three()
        judge(one, other)
        judge(one, other, Verdict.UNSURE)

        assert [each.verdict for each in judgements.list_between([one])] == ["UNSURE"]
        assert Judgement.objects.count() == 2

    def test_is_the_credit_office_s(self):
        one, other, _ = three()

        with pytest.raises(NotAllowedError):
            judge(one, other, actor=REGISTRAR)

    def test_needs_two_entries_of_the_register(self):
        one, *_ = three()

        with pytest.raises(UnknownEntryError):
            judge(one, Entry(EntryKind.ISSUE, 7))


class TestWithdraw:
    def test_is_done_once(self):
        one, other, _ = three()
        number = judge(one, other)
        judgements.withdraw(judgement=number, actor=FIRST, at=LATER)

        with pytest.raises(WithdrawnError):
            judgements.withdraw(judgement=number, actor=FIRST, at=LATER)
        assert judgements.list_between([one]) == ()

    @settings(
        max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(
        acts=st.lists(
            st.tuples(
                st.sampled_from([(0, 1), (0, 2), (2, 1)]), st.sampled_from(Verdict)
            ),
            max_size=6,
        )
    )
    def test_restores_the_identical_state(self, db, acts):
        with transaction.atomic():
            entries, states, done = three(), [], []
            for (one, other), verdict in acts:
                states.append(standing())
                done.append(judge(entries[one], entries[other], verdict))
            for number, before in zip(reversed(done), reversed(states), strict=True):
                judgements.withdraw(judgement=number, actor=FIRST, at=LATER)
                assert standing() == before
            transaction.set_rollback(True)
