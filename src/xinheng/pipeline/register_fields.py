"""The columns of a register file, and which of them each registrar's return has.

A plain register comes from many hands, so its columns are known by many headers, and
only name and code must be there. A registrar's return is an item of the catalog; its
fields bear the same English names, but for those in `_SAME`.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from xinheng.core.catalog.datasets import (
    BasisLevel,
    Dataset,
    DisclosureClass,
    Frequency,
    LegalBasis,
    SubjectKind,
    Verification,
)
from xinheng.core.catalog.fields import Field, FieldType
from xinheng.rulebook import catalog


class Return(StrEnum):
    """Who hands the file in."""

    PLAIN = "plain"
    MARKET = "market"
    CIVIL_AFFAIRS = "civil_affairs"
    STAFFING = "staffing"


# First characters of the codes that a registrar gives; any for a plain register.
AUTHORITIES = {
    Return.PLAIN: "",
    Return.MARKET: "9",
    Return.CIVIL_AFFAIRS: "5",
    Return.STAFFING: "1",
}
# The institutions' return holds all that the organs' return holds.
_ITEMS = {
    Return.MARKET: "market_registration",
    Return.CIVIL_AFFAIRS: "civil_affairs_registration",
    Return.STAFFING: "institution_registration",
}
_SAME = {"subject_name": "name", "uscc": "code", "authority_name": "authority"}


def _field(name: str, title: str, title_en: str, *aliases: str) -> Field:
    return Field(name=name, title=title, title_en=title_en, aliases=aliases)


NAME = Field(
    name="name",
    title="机构名称",
    title_en="Name",
    aliases=(
        *("名称", "企业名称", "单位名称", "主体名称", "组织名称", "信用主体名称"),
        *("行政相对人名称", "社会组织名称"),
        *("org_name", "subject_name", "organization_name"),
    ),
    required=True,
    max_length=300,
)
CODE = Field(
    name="code",
    title="统一社会信用代码",
    title_en="Unified social credit code",
    type=FieldType.USCC,
    aliases=("社会信用代码", "信用代码", "统一代码", "机构代码", "uscc", "credit_code"),
    required=True,
)
_OPTIONAL = (
    _field(
        *("registered_on", "成立日期", "Date of registration"),
        *("登记日期", "注册日期", "成立时间", "注册时间", "reg_date"),
    ),
    _field(
        *("kind", "机构类型", "Kind"),
        *("企业类型", "主体类型", "单位类型", "类型", "org_type"),
    ),
    _field(
        *("nonconforming", "不合规已确认", "Confirmed as issued, not conforming"),
        *("确认按此发放", "确认不合规", "赋码不合规已确认"),
    ),
    _field("status", "登记状态", "State", "经营状态", "状态", "企业状态"),
    _field("status_on", "状态日期", "State since", "注销日期", "吊销日期"),
    _field("industry", "行业代码", "Industry", "国民经济行业代码", "行业门类代码"),
    _field("authority", "登记机关", "Registering authority", "赋码机关"),
    _field("division", "行政区划代码", "Division", "住所行政区划代码"),
    _field(
        *("parent_code", "隶属单位统一社会信用代码", "Code of the parent"),
        *("隶属企业统一社会信用代码", "举办单位统一社会信用代码", "上级单位代码"),
    ),
    _field("unit", "信源单位编号", "Source unit", "unit_code"),
    _field("former_name", "曾用名", "Former names", "原名称", "曾用名称"),
    _field("former_code", "原统一社会信用代码", "Former code", "变更前代码", "原代码"),
    _field("business_reg_no", "注册号", "Registration number", "工商注册号"),
    _field("org_code", "组织机构代码", "Organization code"),
    _field("change", "名录变更类型", "Kind of change", "变更类型", "操作标识"),
    _field("changed_on", "变更日期", "Date of the change", "生效日期", "核准日期"),
)
PLAIN = Dataset(
    name="register",
    edition="1",
    title="机构名录",
    title_en="Register of organizations",
    subject=SubjectKind.ORGANIZATION,
    fields=(NAME, CODE, *_OPTIONAL),
    natural_key=("code", "name"),
    legal_basis=(
        LegalBasis(
            title="全国公共信用信息基础目录（2024年版）",
            level=BasisLevel.NORMATIVE_DOCUMENT,
            article="第一类 登记注册基本信息",
            verification=Verification.VERIFIED,
            source="domain notes 4.4, S36",
        ),
    ),
    verification=Verification.COMPUTED,
    disclosure=DisclosureClass.PUBLIC,
    frequency=Frequency.YEARLY,
    effective_on=date.min,
)


def dataset(kind: Return) -> Dataset:
    """Return the item whose fields the file has."""
    return PLAIN if kind is Return.PLAIN else catalog.dataset(_ITEMS[kind])


def names(item: Dataset) -> dict[str, str]:
    """Return the register's name of each field that is kept, by the item's own name."""
    return {field.name: _SAME.get(field.name, field.name) for field in _kept(item)}


def _kept(item: Dataset) -> list[Field]:
    known = {field.name for field in PLAIN.fields}
    return [
        field
        for field in item.stored_fields
        if _SAME.get(field.name, field.name) in known
    ]
