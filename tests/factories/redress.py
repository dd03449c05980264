"""Organizations with agents, and cases of redress, for tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import uuid4

import polars as pl

from tests.factories import accounts, register
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.cases.operations import About, By
from xinheng.apps.catalog import operations as catalog
from xinheng.apps.law import operations as law
from xinheng.apps.organizations.models import Organization
from xinheng.apps.records import landing
from xinheng.apps.records.models import Record
from xinheng.core.merkle import canonical
from xinheng.rulebook import catalog as rulebook

# Set C is in force, and a decision of May is old enough to be repaired.
LATER = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
DECIDED = date(2026, 5, 4)
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


def collect(*names: str, at: datetime = AT) -> None:
    """Activate catalog items."""
    catalog.activate(
        datasets=[rulebook.dataset(name) for name in names],
        on=date(2019, 1, 1),
        actor="test",
        at=at,
    )


def adopt(*, at: datetime) -> None:
    """Have the rulebook adopted, so that penalties may be public."""
    proposed = law.propose(
        lawyer="示例律师", effective_on=date(2019, 1, 1), actor="one", at=at
    )
    law.adopt(adoption=proposed.id, actor="two", at=at)


def a_penalty(body: Body, *, decided_on: date = DECIDED, number: int = 1) -> Record:
    """Land a penalty of the body's unit, of a kind that is ordinary by the list."""
    values = {
        "subject_name": "示例市甲食品有限公司",
        "uscc": body.uscc,
        "authority_uscc": "11210899000000000A",
        "decision_no": f"示罚决字〔{decided_on.year}〕第{number}号",
        "penalty_types": "没收违法所得、没收非法财物",
        "penalty_content": "没收违法所得2000元",
        "confiscated_amount": "0.2",
        "facts": "示例违法事实",
        "decided_on": decided_on.isoformat(),
    }
    return a_record("penalty", body, values, decided_on=decided_on)


def a_permit(body: Body, *, decided_on: date = date(2019, 5, 6)) -> Record:
    """Land a permit of the body's unit."""
    values = {
        "subject_name": "示例市甲食品有限公司",
        "uscc": body.uscc,
        "authority_uscc": "11210899000000000A",
        "decision_no": "示许决字〔2019〕第1号",
        "permit_content": "食品经营",
        "decided_on": decided_on.isoformat(),
    }
    return a_record("permit", body, values, decided_on=decided_on)


def a_record(
    dataset: str, body: Body, values: dict[str, str], *, decided_on: date
) -> Record:
    """Land one row and return its version."""
    item = rulebook.dataset(dataset)
    key = "\n".join(values.get(name, "") for name in item.natural_key)
    rows = pl.DataFrame(
        [(1, body.key, key, decided_on, canonical.text(values))],
        schema={
            "row": pl.UInt32,
            "organization": pl.String,
            "natural_key": pl.String,
            "decided_on": pl.Date,
            "body": pl.String,
        },
        orient="row",
    )
    period = decided_on.strftime("%Y-%m")
    batch = landing.Batch(
        uuid4(), dataset, item.edition, body.unit, period, period, rows
    )
    landing.land(batch, at=AT)
    landing.seal(submission=batch.submission, ledger_seq=10**6 + Record.objects.count())
    return Record.objects.get(submission_id=batch.submission)
