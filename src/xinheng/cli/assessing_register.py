"""What `assess` does with a register, once Django is ready."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from xinheng.apps.accounts.actors import OPERATOR
from xinheng.apps.assessments import queries, schemes
from xinheng.apps.assessments.queries import MonthsError
from xinheng.apps.assessments.views import Standing
from xinheng.apps.cases.operations import By
from xinheng.cli import assessing, failures
from xinheng.core.assessments.schemes import Scheme
from xinheng.core.catalog.periods import InvalidPeriodError


def propose(scheme: Scheme, *, as_json: bool) -> dict[str, Any]:
    """Propose a scheme as the operator; leaves with 1 where it is refused."""
    assessing.refuse_faulty(scheme, as_json=as_json)
    try:
        number = schemes.propose(scheme=scheme, by=By(OPERATOR, timezone.now()))
    except schemes.SchemeTakenError:
        failures.refuse(
            "SCHEME_TAKEN",
            "同名同版本的考核方案已存在且内容不同，请改版本号。",
            "Another scheme bears this name and edition; give it another edition.",
            as_json=as_json,
        )
    found = queries.get_scheme(number)
    return {"scheme": number, "name": scheme.name, "sha256": found.sha256}


def simulate(scheme: Scheme, first: str, last: str, *, as_json: bool) -> dict[str, Any]:
    """Return the ranking; leaves with 2 where the months can't be assessed."""
    today = timezone.localdate()
    try:
        months = queries.months_past(first, last, on=today)
    except (InvalidPeriodError, MonthsError):
        failures.fail(
            "PERIOD",
            "月份有误：须为已结束的月份，按先后顺序，最多十二个月。",
            "The months must be over, run forward, and be twelve at most.",
            as_json=as_json,
        )
    ranking = queries.simulate(actor=OPERATOR, scheme=scheme, months=months, on=today)
    return {
        "scheme": scheme.name,
        "months": list(months),
        "units": [_unit(each) for each in ranking],
    }


def _unit(each: Standing) -> dict[str, object]:
    total = each.total
    return {
        "rank": each.rank,
        "unit": each.unit_name,
        "code": each.unit_code,
        "points": f"{total.points:f}",
        "bonus": f"{total.bonus:f}",
        "out_of": f"{total.countable:f}",
        "left_out": total.left_out,
        "verdict": each.verdict.value,
    }
