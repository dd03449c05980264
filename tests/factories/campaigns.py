"""A campaign with a target, and an activity, for tests."""

from __future__ import annotations

from datetime import date

from tests.factories.redress import FIRST, SECOND, Body, by
from xinheng.apps.campaigns import activities, operations
from xinheng.apps.campaigns.operations import NewTarget
from xinheng.core.campaigns.activities import Kind, Told
from xinheng.core.campaigns.campaigns import ActKind, Done, Plan

DAY = date(2019, 5, 20)
PLAN = Plan("示例专项治理", "示治〔2019〕1号", date(2019, 5, 2), None)
TOLD = Told(Kind.PUBLICITY, "示诚行〔2019〕1号", "诚信宣传", "在广场宣传。", DAY)
REMINDER = Done(ActKind.REMINDER, DAY, "示提示〔2019〕1号", "请于月底前付清。")


def a_campaign(*, lead: str, topic: str = "") -> int:
    return operations.open_campaign(plan=PLAN, topic=topic, lead=lead, by=by(FIRST))


def a_target(campaign: int, body: Body) -> int:
    told = NewTarget(body.uscc, body.unit, "拖欠工程款", "示督〔2019〕1号")
    return operations.add_target(campaign=campaign, target=told, by=by(FIRST))


def settle(target: int, body: Body) -> None:
    operations.propose_settled(
        target=target, document_no="示结〔2019〕1号", file=None, by=by(body.clerk)
    )
    operations.confirm_settled(target=target, by=by(FIRST))


def an_approved_activity(body: Body, told: Told = TOLD) -> int:
    number = activities.submit(unit=body.unit, told=told, by=by(body.clerk))
    activities.approve(activity=number, by=by(SECOND))
    return number
