"""Organizations with agents, and cases of redress, for tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from tests.factories import accounts, register
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.cases.operations import About, By
from xinheng.apps.organizations.models import Organization

AT = datetime(2019, 6, 3, 2, 0, tzinfo=UTC)  # Monday, ten in the morning in China
FIRST = Actor("office-first", sees_all_units=True, may_decide=True)
SECOND = Actor("office-second", sees_all_units=True, may_decide=True)
THIRD = Actor("office-third", sees_all_units=True, may_decide=True)


@dataclass(frozen=True)
class Body:
    """An organization with its agent, and the clerk of the unit that reports it."""

    key: str
    uscc: str
    agent: Actor
    clerk: Actor
    unit: str


def a_body(*, unit: str = "U02", with_unit: bool = True) -> Body:
    """Add an organization (and the unit), with an agent that acts for it."""
    if with_unit:
        accounts.add_unit(unit)
    [code] = register.add("示例市甲食品有限公司")
    key = str(Organization.objects.get(uscc=code).pk)
    return Body(
        key=key,
        uscc=code,
        agent=Actor("agent", organizations=frozenset({key})),
        clerk=Actor("clerk", units=frozenset({unit})),
        unit=unit,
    )


def by(actor: Actor, *, at: datetime = AT, reason: str = "", outcome: str = "") -> By:
    return By(actor, at, reason, outcome)


def about(body: Body, *, target: str = "1", topic: str = "CONTENT") -> About:
    return About(body.key, body.unit, "record", target, topic, "示罚决字〔2019〕第1号")
