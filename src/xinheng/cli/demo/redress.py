"""Redress in the demo city: objections, commitments, a training session.

Made-up cases about made-up permits: two of June 2019, decided, and two open ones of
the day of the build. A correction counts in the
month of its record, so the printed table stays as it is. Nothing here is a delay or a
fault of a body that exists.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from pathlib import Path

from django.utils import timezone

from xinheng.apps.accounts.actors import OPERATOR, Actor
from xinheng.apps.agents import operations as agents
from xinheng.apps.agents.operations import Claim
from xinheng.apps.cases import queries as cases
from xinheng.apps.cases.operations import By
from xinheng.apps.commitments import operations as commitments
from xinheng.apps.objections import filing, operations
from xinheng.apps.objections.filing import Contest
from xinheng.apps.organizations import queries as organizations
from xinheng.apps.records import held
from xinheng.apps.records.held import HeldRecord
from xinheng.apps.repairs import training
from xinheng.apps.repairs.training import Session
from xinheng.cli.demo.accounts import FILE_NAME, PASSWORD_BYTES
from xinheng.core.commitments.promises import Promise, Type
from xinheng.core.objections.corrections import Change
from xinheng.core.objections.filing import Kind
from xinheng.core.procedures.agents import Role
from xinheng.rulebook import redress, samples

AGENT = "firm"
FIRST = Actor("demo-office-1", sees_all_units=True, may_decide=True)
SECOND = Actor("demo-office-2", sees_all_units=True, may_decide=True)
BODIES, OPEN = 4, 2
Tell = Callable[[str], None]


def add_some(directory: Path, *, tell: Tell) -> None:
    """Add the cases, commitments and the agent's account, unless they are there."""
    if cases.list_cases(actor=OPERATOR, on=date(2019, 6, 30)).total:
        return
    tell("异议、承诺、培训 redress")
    found = list(_with_permits())
    for place, (agent, record) in enumerate(found):
        _object(place, agent, record)
        _promise(agent, record)
    if found:
        _train(found[0][1].unit, [record.body["uscc"] for _, record in found])
        _let_in(directory, found[0][1].body["uscc"])


def _with_permits() -> Iterator[tuple[Actor, HeldRecord]]:
    """Yield some companies that have a permit, each with somebody who acts for it."""
    yielded = 0
    for company in samples.organizations(samples.POOL):
        item = organizations.get_public(company.code)
        if item is None or item.is_sole_proprietor or yielded == BODIES:
            continue
        agent = Actor(f"demo-agent-{yielded}", organizations=frozenset({item.key}))
        records = held.list_held(
            actor=agent, organization=item.key, on=date(2019, 6, 10)
        )
        permits = [each for each in records if each.dataset.name == "permit"]
        if permits:
            yielded += 1
            yield agent, permits[0]


def _object(place: int, agent: Actor, record: HeldRecord) -> None:
    """Raise an objection, and take it as far as its place says."""
    content = record.body.get("permit_content", "")
    change = Change("permit_content", content, f"{content}（示例更正）")
    contest = Contest(Kind.CONTENT, "示例：许可内容与证书不一致", (change,))
    if place < OPEN:
        _leave_open(place, agent, record, contest)
        return
    case = filing.object_to_record(record=record.id, contest=contest, by=_by(agent, 10))
    clerk = Actor(f"demo-clerk-{record.unit}", units=frozenset({record.unit}))
    operations.take(case=case, act="accept", by=_by(FIRST, 11))
    told = _by(clerk, 13, reason="示例：已核对原件")
    operations.take(case=case, act="verify", by=told)
    outcome = "upheld" if place == OPEN else "rejected"
    told = _by(SECOND, 17, reason="示例：依据原件", outcome=outcome)
    operations.take(case=case, act="decide", by=told)
    operations.take(case=case, act="agree", by=_by(agent, 18))


def _leave_open(place: int, agent: Actor, record: HeldRecord, contest: Contest) -> None:
    """Raise it on the day of the build, so that no unit seems to be years late."""
    at = timezone.now()
    case = filing.object_to_record(record=record.id, contest=contest, by=By(agent, at))
    if place:
        operations.take(case=case, act="accept", by=By(FIRST, at))


def _promise(agent: Actor, record: HeldRecord) -> None:
    rule = redress.commitment_types()[Type.PROACTIVE]
    promise = Promise(
        rule.type, "示例：诚信经营", rule.template, date(2019, 6, 10), None
    )
    commitments.make(
        organization=record.organization,
        promise=promise,
        unit=record.unit,
        is_public=True,
        by=_by(agent, 10),
    )


def _train(unit: str, codes: list[str]) -> None:
    attended = dict.fromkeys(codes, 2)
    session = Session(unit, "示例：信用修复培训", date(2019, 6, 12), attended)
    training.record(session=session, by=_by(FIRST, 12))


def _let_in(directory: Path, uscc: str) -> None:
    """Open an agent's account by a letter, and write its secrets with the others'."""
    at = timezone.now()
    letter = agents.issue_letter(uscc=uscc, actor=FIRST, at=at)
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    claim = Claim(uscc, letter.code, Role.EMPLOYEE, AGENT, password)
    agents.activate(claim=claim, at=at)
    lines = f"\n示例单位经办人 an organization's agent\n  用户名 user name  {AGENT}\n"
    with (directory / FILE_NAME).open("a", encoding="utf-8") as file:
        file.write(f"{lines}  密码 password     {password}\n")


def _by(actor: Actor, day: int, *, reason: str = "", outcome: str = "") -> By:
    zone = timezone.get_default_timezone()
    at = datetime.combine(date(2019, 6, day), time(10), tzinfo=zone)
    return By(actor, at, reason, outcome)
