"""The demo's bulletin: two briefs, approved by another person, and the issue of June.

It comes before the listings, which lie around the day of the build.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time

from django.utils import timezone

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.statistics import briefs, issuing
from xinheng.apps.statistics.briefs import Contribution
from xinheng.cli.demo.facts import Facts
from xinheng.core.catalog import periods
from xinheng.rulebook import catalog

EDITOR = Actor("demo-office", sees_all_units=True, may_decide=True)
APPROVER = Actor("demo-office-2", sees_all_units=True, may_decide=True)
CONTACT = "示例市信用办，电话 0000-0000000"
DISTRIBUTION = "示例市各信源单位"
PROGRESS = (
    "公共信用信息归集平稳",
    "本月各单位按目录报送公共信用信息，系统逐行核查后入库，退回的行附有修改建议。\n"
    "报送情况表由系统从入库记录得出，合计由各单位的数相加得出。",
)
BRIEF = (
    "窗口公示行政许可",
    "本单位在办事窗口公示行政许可的办理结果，并于七个工作日内报送。",
)


def publish(facts: Facts, *, tell: Callable[[str], None]) -> None:
    """Publish the issue of the facts' month, unless one is out."""
    if issuing.find_issue(period=facts.period) is not None:
        return
    first = catalog.units()[0].code
    clerk = Actor(f"demo-clerk-{first}", units=frozenset({first}))
    _contribute(facts.period, None, PROGRESS, writer=EDITOR)
    _contribute(facts.period, first, BRIEF, writer=clerk)
    issued = issuing.issue(
        period=facts.period,
        actor=APPROVER,
        at=_at(facts.period, day=15),
        contact=CONTACT,
        distribution=DISTRIBUTION,
    )
    tell(f"简报 bulletin  {issued.label}")


def _contribute(
    period: str, unit: str | None, told: tuple[str, str], *, writer: Actor
) -> None:
    title, text = told
    section = "PROGRESS" if unit is None else "BRIEF"
    at = _at(period, day=12)
    written = briefs.submit(
        contribution=Contribution(period, section, unit, title, text),
        actor=writer,
        at=at,
    )
    briefs.approve(brief=written, actor=APPROVER, at=at)


def _at(period: str, *, day: int) -> datetime:
    """Return ten o'clock of a day of the month after."""
    on = periods.first_day(periods.before(period, -1)).replace(day=day)
    return datetime.combine(on, time(10), tzinfo=timezone.get_default_timezone())
