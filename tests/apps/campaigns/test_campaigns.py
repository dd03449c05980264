"""Campaigns: targets and acts by who has a part in them, closed by two persons."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from tests.factories import campaigns as made
from tests.factories import pdfs, redress, register
from tests.factories.campaigns import PLAN, REMINDER
from tests.factories.redress import FIRST, SECOND, by
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.campaigns import erasing, operations, queries
from xinheng.apps.campaigns.models import Campaign, Target
from xinheng.apps.campaigns.operations import CampaignRefusedError, NewTarget
from xinheng.apps.evidence.operations import Handed
from xinheng.apps.evidence.queries import UnknownEvidenceError
from xinheng.apps.ledger.models import Entry
from xinheng.apps.organizations.mergers import UnknownOrganizationError
from xinheng.core.campaigns.campaigns import State
from xinheng.core.submissions.reasons import ReasonError

pytestmark = pytest.mark.django_db
OTHER = Actor("other", units=frozenset({"U03"}))


@pytest.fixture
def body():
    return redress.a_body()


@pytest.fixture
def campaign(body):
    return made.a_campaign(lead=body.unit)


@pytest.fixture
def target(campaign, body):
    return made.a_target(campaign, body)


class TestOpen:
    def test_is_for_the_credit_office(self, body):
        with pytest.raises(NotAllowedError):
            operations.open_campaign(
                plan=PLAN, topic="", lead=body.unit, by=by(body.clerk)
            )

    def test_knows_the_topics_of_the_rulebook_alone(self, body):
        with pytest.raises(ValueError, match="weather"):
            made.a_campaign(lead=body.unit, topic="weather")


class TestTargets:
    def test_are_shown_to_their_unit_and_to_nobody_in_public(self, target, body):
        [campaign] = queries.list_public()
        page = queries.list_targets(actor=body.clerk, campaign=campaign.id)

        assert (campaign.targets, campaign.settled) == (1, 0)
        assert [item.uscc for item in page.items] == [body.uscc]
        with pytest.raises(queries.UnknownTargetError):
            queries.get_target(actor=OTHER, target=target)
        with pytest.raises(queries.UnknownCampaignError):
            queries.get_campaign(actor=OTHER, campaign=campaign.id)

    def test_are_no_sole_proprietors_and_stand_once(self, campaign, target, body):
        [person] = register.add("示例面馆", prefix="92210899")
        told = NewTarget(person, body.unit, "拖欠货款", "1号")

        with pytest.raises(CampaignRefusedError, match="SOLE_PROPRIETOR"):
            operations.add_target(campaign=campaign, target=told, by=by(FIRST))
        with pytest.raises(CampaignRefusedError, match="CAMPAIGN_TWICE"):
            made.a_target(campaign, body)

    def test_of_government_are_bodies_of_government(self, body):
        campaign = made.a_campaign(lead=body.unit, topic="government_dishonesty")
        [organ] = register.add("示例市某局", prefix="11210899")

        with pytest.raises(CampaignRefusedError, match="NOT_GOVERNMENT"):
            made.a_target(campaign, body)
        assert made.a_target(campaign, replace(body, uscc=organ))

    def test_are_in_the_register(self, campaign, body):
        with pytest.raises(UnknownOrganizationError):
            made.a_target(campaign, replace(body, uscc="91210899MA0000000X"))


class TestActs:
    def test_are_dated_and_numbered_once(self, target, body):
        operations.record_act(target=target, done=REMINDER, by=by(body.clerk))

        with pytest.raises(CampaignRefusedError, match="CAMPAIGN_TWICE"):
            operations.record_act(target=target, done=REMINDER, by=by(FIRST))
        [act] = queries.get_target(actor=body.clerk, target=target).acts
        assert (act.held_on, act.document_no) == (made.DAY, "示提示〔2019〕1号")

    def test_leave_their_text_out_of_the_ledger(self, target, body):
        operations.record_act(target=target, done=REMINDER, by=by(body.clerk))

        entry = Entry.objects.get(kind="campaign.act")
        assert "示提示〔2019〕1号" in entry.body
        assert "请于月底前付清" not in entry.body

    def test_are_not_for_who_only_sees(self, target):
        viewer = Actor("viewer", sees_all_units=True)

        with pytest.raises(NotAllowedError):
            operations.record_act(target=target, done=REMINDER, by=by(viewer))


class TestSettling:
    def test_takes_two_persons_and_a_document(self, target, body, settings, tmp_path):
        settings.ARCHIVE_DIR = tmp_path
        file = Handed("结案.pdf", pdfs.pdf(pdfs.page(b"(No. 15) Tj")))
        with pytest.raises(CampaignRefusedError, match="NOT_PROPOSED"):
            operations.confirm_settled(target=target, by=by(FIRST))
        operations.propose_settled(
            target=target, document_no="示结1号", file=file, by=by(FIRST)
        )
        with pytest.raises(CampaignRefusedError, match="SAME_PERSON"):
            operations.confirm_settled(target=target, by=by(FIRST))
        operations.confirm_settled(target=target, by=by(SECOND))

        found = queries.get_target(actor=body.clerk, target=target)
        ref, content = queries.open_file(
            actor=body.clerk, target=target, digest=found.file.digest
        )
        assert (found.state, content) == (State.SETTLED, file.content)
        assert erasing.names_file(ref.digest)
        with pytest.raises(UnknownEvidenceError):
            queries.open_file(actor=FIRST, target=target, digest="0" * 64)
        with pytest.raises(CampaignRefusedError, match="CAMPAIGN_ENDED"):
            operations.record_act(target=target, done=REMINDER, by=by(body.clerk))

    def test_by_withdrawal_takes_a_reason_and_leaves_the_figures(self, target, body):
        with pytest.raises(ReasonError):
            operations.withdraw_target(target=target, by=by(FIRST))
        operations.withdraw_target(target=target, by=by(FIRST, reason="列错了单位"))

        assert queries.list_public()[0].targets == 0
        assert erasing.exists(target)
        assert erasing.erase(target=target) == 1
        assert queries.get_target(actor=FIRST, target=target).reason == ""
        assert not erasing.exists(target)


class TestClosing:
    def test_waits_for_the_targets_and_another_person(self, campaign, target, body):
        told = {"campaign": campaign, "document_no": "示总〔2019〕1号"}
        with pytest.raises(CampaignRefusedError, match="OPEN_TARGETS"):
            operations.propose_closing(**told, by=by(FIRST))
        made.settle(target, body)
        operations.propose_closing(**told, by=by(FIRST))
        with pytest.raises(CampaignRefusedError, match="SAME_PERSON"):
            operations.confirm_closing(campaign=campaign, by=by(FIRST))
        operations.confirm_closing(campaign=campaign, by=by(SECOND))

        assert queries.list_public()[0].state is State.CLOSED
        with pytest.raises(CampaignRefusedError, match="CAMPAIGN_ENDED"):
            made.a_target(campaign, body)

    def test_by_one_person_is_refused_by_the_database(self, campaign, target):
        one = {"closed_by": "x", "closed_on": made.DAY, "closing_proposed_by": "x"}
        rows = Campaign.objects.filter(id=campaign)
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(state="CLOSED", closing_no="1号", **one)
        own = {"ended_by": "x", "ended_on": made.DAY, "proposed_by": "x"}
        with pytest.raises(IntegrityError), transaction.atomic():
            Target.objects.update(state="SETTLED", evidence_no="1号", **own)
