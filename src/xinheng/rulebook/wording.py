"""The catalog's own terms in both languages, for templates and the dictionary."""

from __future__ import annotations

from xinheng.core.catalog.datasets import (
    DisclosureClass,
    Frequency,
    SubjectKind,
    Verification,
)
from xinheng.core.catalog.fields import Field, FieldType, Personal

TYPES = {
    FieldType.TEXT: "文本",
    FieldType.DATE: "日期",
    FieldType.DECIMAL: "小数",
    FieldType.INTEGER: "整数",
    FieldType.USCC: "统一社会信用代码",
    FieldType.ORGANIZATION_CODE: "组织机构代码",
    FieldType.PERIOD: "月份",
}
SUBJECTS = {
    SubjectKind.ORGANIZATION: "单位 organization",
    SubjectKind.UNIT: "信源单位自身 the unit itself",
    SubjectKind.COUNT: "计数 count",
}
DISCLOSURES = {
    DisclosureClass.PUBLIC: "公示 public",
    DisclosureClass.SHARED: "政务共享 shared among public bodies",
    DisclosureClass.AUTHORIZED: "授权查询 with the organization's consent",
    DisclosureClass.INTERNAL: "仅统计 counted only",
}
FREQUENCIES = {
    Frequency.WORKING_DAYS: "{days}个工作日内 within {days} working days",
    Frequency.MONTHLY: "每月 monthly",
    Frequency.QUARTERLY: "每季度 quarterly",
    Frequency.YEARLY: "每年 yearly",
}
VERIFICATIONS = {
    Verification.VERIFIED: "已核实 verified",
    Verification.PRACTICE: "见于实践 practice",
    Verification.UNVERIFIED: "未核实 unverified",
    Verification.MISSING: "未找到 missing",
    Verification.COMPUTED: "自行测算 computed",
}
PERSONAL = {
    Personal.DROP: "不保存 never stored",
    Personal.REFUSE: "有值即退回 any value refuses the row",
}


def requirement(field: Field) -> str:
    """Return 是, 否 or the value of another column that demands this one."""
    if field.required_for is not None:
        return f"{field.required_for[1]}时必填"
    return "是" if field.required else "否"
