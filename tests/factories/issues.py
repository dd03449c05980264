"""Issues of the register, and the people who correct them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from tests.factories import files
from tests.factories.register import valid_code
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.organizations import corrections, operations
from xinheng.apps.organizations.corrections import By
from xinheng.apps.organizations.models import RegisterIssue
from xinheng.core.identifiers import uscc
from xinheng.core.organizations.corrections import Answer, Flag, Subject

AT = datetime(2019, 6, 3, 2, 0, tzinfo=UTC)
LATER = AT + timedelta(days=2)
DAY = date(2019, 6, 4)
FIRST = Actor("first", sees_all_units=True, may_decide=True)
SECOND = Actor("second", sees_all_units=True, may_decide=True)
REGISTRAR = Actor("registrar", units=frozenset({"U02"}))
HELD = valid_code("91210899", 1)
NEW = valid_code("91210899", 900)
# The last sign is Y where the standard gives 1.
PRINTED_Y = next(
    body[:-1] + "Y"
    for body in (valid_code("91210899", number) for number in range(2, 400))
    if uscc.check_character(body[:-1]) == "1"
)


def take(path: Path, *rows: tuple[str, str], day: int = 0, **columns: str) -> None:
    """Take (name, code) rows into the register."""
    named = [{"机构名称": n, "统一社会信用代码": c} | columns for n, c in rows]
    operations.import_register(
        path=files.write_csv(path / f"register-{day}.csv", named),
        actor="test",
        at=AT + timedelta(days=day),
    )


def claimed(path: Path) -> RegisterIssue:
    """Return the claim of 示例市乙有限公司 on the code of 示例市甲有限公司."""
    take(path, ("示例市甲有限公司", HELD), ("示例市乙有限公司", HELD))
    return RegisterIssue.objects.get(kind="DUP_CODE")


def printed_y(path: Path) -> RegisterIssue:
    """Return the issue of a code whose last sign was printed as Y."""
    take(path, ("示例市丙有限公司", PRINTED_Y), 登记机关="示例市市场监督管理局")
    return RegisterIssue.objects.get(kind="PRINTED_Y")


def answer(
    flag: Flag, subject: Subject = Subject.HOLDER, *, code: str = NEW, **more: str
) -> Answer:
    new_code = code if flag is Flag.NEW_CODE else ""
    evidence = more.get("evidence", "示例市登记〔2019〕1号")
    return Answer(flag, subject, new_code, DAY, evidence, more.get("digest", ""))


def propose(issue: int, given: Answer, *, actor: Actor = FIRST) -> None:
    corrections.propose(issue=issue, answer=given, actor=actor, at=LATER)


def decide(issue: int, given: Answer) -> None:
    """Propose and decide, each by another person."""
    propose(issue, given)
    corrections.decide(issue=issue, by=by(SECOND))


def by(actor: Actor, reason: str = "已核对证照") -> By:
    return By(actor, reason, LATER)
