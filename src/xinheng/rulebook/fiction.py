"""The fictional city 示例市: its organizations and the codes of its units.

Nothing here exists: the division 210899 was never assigned, every name begins with
示例市, and the rest is put together from neutral words. The codes carry right check
characters, so that they pass every rule that a real one passes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from xinheng.core.catalog.datasets import SourceUnit
from xinheng.core.identifiers import organization_code, uscc

CITY = "示例市"
DIVISION = "210899"

_FIRST = "安博晨达丰光和恒宏嘉建锦康利明启瑞盛泰新"
_SECOND = "川帆谷海禾辉江林茂鸣宁鹏泉润石拓远泽舟卓"
# fmt: off
_TRADES = (
    "食品", "商贸", "建材", "机械", "电子",
    "物流", "农业", "纺织", "包装", "环保",
    "餐饮", "广告", "家具", "印刷", "仓储",
    "园林", "装饰", "检测", "文化", "信息",
)
# fmt: on
_NAMES = len(_FIRST) * len(_SECOND) * len(_TRADES)
# Steps that share no factor with the size of their circle reach every place once.
_NAME_STEP = 3163
_BODY_STEP = 7919
_BODIES = 1_000_000
# Codes that begin with MA were given out from October 2015 on.
_FIRST_DAY = date(2015, 10, 8)
_DAYS = 1250


class Kind(StrEnum):
    """Kind of an organization, as the first two characters of its code say."""

    COMPANY = "company"
    SOLE_PROPRIETOR = "sole_proprietor"
    COOPERATIVE = "cooperative"
    PUBLIC_INSTITUTION = "public_institution"
    ASSOCIATION = "association"
    PRIVATE_INSTITUTION = "private_institution"


_PREFIX_AND_ENDING = {
    Kind.COMPANY: ("91", "有限公司"),
    Kind.SOLE_PROPRIETOR: ("92", "经营部"),
    Kind.COOPERATIVE: ("93", "专业合作社"),
    Kind.PUBLIC_INSTITUTION: ("12", "服务中心"),
    Kind.ASSOCIATION: ("51", "行业协会"),
    Kind.PRIVATE_INSTITUTION: ("52", "研究院"),
}
# Of ten organizations in a row. Two neighbors are of one kind, so that the odd and the
# even ones make two halves of the same mixture.
_MIXTURE = (*(Kind.COMPANY,) * 5, *Kind)[: 5 + len(Kind)]


@dataclass(frozen=True, slots=True)
class FictionalOrganization:
    """A row of the fictional register."""

    code: str
    name: str
    kind: Kind
    registered_on: date
    division: str = DIVISION


def organizations(n: int, seed: int = 0) -> tuple[FictionalOrganization, ...]:
    """Return the first `n` organizations of the register `seed`, at most a million.

    The register doesn't depend on `n`; within it names and codes are distinct.
    """
    return tuple(_organization(index, seed) for index in range(n))


def unit_name(unit: SourceUnit) -> str:
    """Return the unit's name as an authority: with the city before it."""
    if "示例" in unit.name:
        return unit.name
    return CITY + unit.name.removeprefix("市")


def unit_code(unit: SourceUnit) -> str:
    """Return the fictional unified code of a unit."""
    return _code("11", f"0089{unit.position:04d}")


@lru_cache(maxsize=200_000)
def _organization(index: int, seed: int) -> FictionalOrganization:
    kind = _MIXTURE[index // 2 % len(_MIXTURE)]
    prefix, ending = _PREFIX_AND_ENDING[kind]
    body = (index * _BODY_STEP + seed * 500_009) % _BODIES
    return FictionalOrganization(
        code=_code(prefix, f"MA{body:06d}"),
        name=f"{CITY}{_style(index, seed)}{ending}",
        kind=kind,
        registered_on=_FIRST_DAY + timedelta(days=index * 37 % _DAYS),
    )


def _style(index: int, seed: int) -> str:
    place = (index * _NAME_STEP + seed * 17) % _NAMES
    place, trade = divmod(place, len(_TRADES))
    first, second = divmod(place, len(_SECOND))
    again = index // _NAMES  # the words are used up: a number keeps the names distinct
    number = f"{again + 1}号" if again else ""
    return f"{_FIRST[first]}{_SECOND[second]}{number}{_TRADES[trade]}"


def _code(prefix: str, first_eight: str) -> str:
    check = organization_code.check_character(first_eight)
    body = f"{prefix}{DIVISION}{first_eight}{check}"
    return body + uscc.check_character(body)
