"""Rows for other platforms, and platforms with the rules of a seed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from tests.factories.codes import valid_code
from xinheng.core.exchange.profiles import Profile
from xinheng.core.exchange.rows import Act, Row
from xinheng.core.exchange.upper import Platform
from xinheng.core.exchange.upper_rules import Rules, Trouble, draw
from xinheng.rulebook import exchange_profiles

MARKS = ("、", "；", "：", "·", "—", "《示例》", "【一】", "＃", "％", "")


def profile(name: str = "province-service") -> Profile:
    return exchange_profiles.profiles()[name]


def row(number: int, *, version: str = "1", act: Act = Act.PUT) -> Row:
    """Return a permit of a fictional organization; three of them share one."""
    decided = date(2019, 1, 1) + timedelta(days=number % 150)
    values = {
        "subject_name": f"示例市第{number // 3}商贸有限公司",
        "subject_category": "法人及非法人组织",
        "uscc": valid_code("91210899", number // 3),
        "decision_title": "准予行政许可决定书",
        "decision_no": f"示例许〔2019〕{number}号",
        "permit_type": "普通",
        "permit_content": f"准予经营{MARKS[number % len(MARKS)]}第{version}版",
        "decided_on": decided.isoformat(),
        "valid_from": decided.isoformat(),
        "valid_to": (decided + timedelta(days=365)).isoformat(),
        "authority_name": "示例市行政审批局",
        "authority_uscc": "11210899MB0000001X",
        "current_status": "1",
        "source_unit_name": "示例市行政审批局",
        "source_unit_uscc": "11210899MB0000001X",
    }
    return Row(f"r{number:06d}", version, act, values)


def rows(number: int) -> list[Row]:
    return [row(each) for each in range(number)]


def platform(
    seed: int, of: Profile, *, troubles: Sequence[Trouble] | None = None
) -> Platform:
    return Platform(of, draw(seed, of, troubles=troubles))


def plain(of: Profile, **rules: object) -> Platform:
    """Return a platform with these rules alone."""
    return Platform(of, Rules(0, **rules))  # type: ignore[arg-type]
