"""Briefs: submitted, edited, approved by another person, fixed once issued."""

import random
from datetime import UTC, datetime

import pytest

from tests.factories import people
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.statistics import briefs, issuing
from xinheng.apps.statistics.briefs import BriefRefusedError, Contribution
from xinheng.apps.statistics.models import Brief
from xinheng.core.statistics.briefs import Refusal
from xinheng.rulebook import catalog

FIRST, SECOND = (unit.code for unit in catalog.units()[:2])
CLERK = Actor("clerk", units=frozenset({FIRST}))
STRANGER = Actor("stranger", units=frozenset({SECOND}))
OFFICE = Actor("office", sees_all_units=True, may_decide=True)
OTHER = Actor("office-2", sees_all_units=True, may_decide=True)
AT = datetime(2019, 6, 12, 2, 0, tzinfo=UTC)
PERSONAL = people.number_18(random.Random(8))


def submit(actor=CLERK, unit=FIRST, section="BRIEF", period="2019-05", text="正文"):
    told = Contribution(period, section, unit, "题目", text)
    return briefs.submit(contribution=told, actor=actor, at=AT)


def refusal(act, **told):
    with pytest.raises(BriefRefusedError) as refused:
        act(**told)
    return refused.value.refusal


class TestSubmit:
    def test_waits_for_another_person(self, founded):
        number = submit()

        seen = briefs.get_brief(brief=number, actor=OFFICE)
        assert (seen.state, seen.may_decide) == ("SUBMITTED", True)
        assert not briefs.get_brief(brief=number, actor=CLERK).may_decide

    @pytest.mark.parametrize("where", ["title", "text"])
    def test_refuses_a_personal_number_and_keeps_nothing(self, founded, where):
        told = {"title": "题目", "text": "正文", where: f"经办人 {PERSONAL}"}
        contribution = Contribution("2019-05", "BRIEF", FIRST, **told)
        size = ledger.size()

        reason = refusal(briefs.submit, contribution=contribution, actor=CLERK, at=AT)

        assert reason is Refusal.PERSONAL_ID
        assert not Brief.objects.exists()
        assert ledger.size() == size

    def test_refuses_a_month_that_has_not_begun(self, founded):
        with pytest.raises(BriefRefusedError, match="PERIOD_FUTURE"):
            submit(period="2019-07")

    def test_is_in_the_name_of_ones_own_unit(self, founded):
        for actor, unit in ((STRANGER, FIRST), (CLERK, None)):
            with pytest.raises(NotAllowedError):
                submit(actor=actor, unit=unit)

    def test_leaves_the_office_its_sections(self, founded):
        with pytest.raises(ValueError, match="PROGRESS"):
            submit(section="PROGRESS")
        assert submit(actor=OFFICE, unit=None, section="PROGRESS")

    def test_is_seen_by_nobody_else(self, founded):
        number = submit()

        with pytest.raises(briefs.UnknownBriefError):
            briefs.get_brief(brief=number, actor=STRANGER)


class TestApprove:
    def test_is_not_for_who_wrote_or_edited_it(self, founded):
        number = submit()
        briefs.edit(brief=number, title="题目", text="改过", actor=OFFICE, at=AT)

        reason = refusal(briefs.approve, brief=number, actor=OFFICE, at=AT)

        assert reason is Refusal.SAME_PERSON
        briefs.approve(brief=number, actor=OTHER, at=AT)
        assert briefs.get_brief(brief=number, actor=CLERK).state == "APPROVED"

    def test_is_for_the_office(self, founded):
        with pytest.raises(NotAllowedError):
            briefs.approve(brief=submit(), actor=CLERK, at=AT)

    def test_fixes_the_text(self, founded):
        number = submit()
        briefs.approve(brief=number, actor=OFFICE, at=AT)

        reason = refusal(
            briefs.edit, brief=number, title="题", text="文", actor=CLERK, at=AT
        )

        assert reason is Refusal.APPROVED


class TestSendBack:
    def test_says_why_and_is_submitted_again_by_an_edit(self, founded):
        number = submit()
        briefs.send_back(brief=number, reason="请写明日期", actor=OFFICE, at=AT)
        seen = briefs.get_brief(brief=number, actor=CLERK)

        briefs.edit(brief=number, title="题", text="文", actor=CLERK, at=AT)

        assert (seen.state, seen.reason) == ("RETURNED", "请写明日期")
        assert briefs.get_brief(brief=number, actor=CLERK).state == "SUBMITTED"


class TestOnceTheIssueIsOut:
    def test_nothing_moves(self, report):
        report(FIRST, "permit", 1)
        number = submit()
        issuing.issue(period="2019-05", actor=OFFICE, at=AT)

        assert refusal(briefs.approve, brief=number, actor=OFFICE, at=AT) is (
            Refusal.ISSUED
        )
        assert refusal(
            briefs.edit, brief=number, title="题", text="文", actor=CLERK, at=AT
        ) is (Refusal.ISSUED)
        with pytest.raises(BriefRefusedError, match="BRIEF_ISSUED"):
            submit()
