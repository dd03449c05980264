"""Classes of what stands in a column of unified codes.

Registers still hold what organizations bore before 2015, placeholders, slips of the pen
and, where a clerk had no code at hand, the number of a person. Each is treated in its
own way, so each has its class.
"""

from __future__ import annotations

from enum import StrEnum

from xinheng.core.identifiers import registration_number, uscc
from xinheng.core.screening import personal_id

# Written where there is no code, in the form that `uscc.normalize` gives.
PLACEHOLDERS = frozenset(
    {
        *("无", "空", "暂无", "没有", "未知", "不详", "不明", "待补", "待定", "待办"),
        *("未办", "未提供", "无代码", "暂缺", "缺", "否", "/", "\\", "-", "--", "---"),
        *("—", "——", "–", "－", "_", ".", "。", "*", "?", "？", "X", "XXX"),
        *("N/A", "NA", "N.A.", "#N/A", "NULL", "NONE", "NIL", "NAN"),
    }
)
_WRONG_CHECK = frozenset({"organization_code", "check_character"})


class CodeClass(StrEnum):
    """What a text in a column of unified codes is."""

    VALID = "valid"  # both check characters right
    WRONG_CHECK = "wrong_check"
    NONCONFORMING = "nonconforming"  # wrong, but confirmed in the register as issued
    LEGACY_15 = "legacy_15"
    LEGACY_13 = "legacy_13"
    LEGACY_OTHER = "legacy_other"  # numbers of enterprises with foreign investment
    PLACEHOLDER = "placeholder"
    PERSONAL_ID = "personal_id"
    MALFORMED = "malformed"


def is_placeholder(text: str) -> bool:
    """Tell whether the text says that there is no code: blank, 无, N/A, only zeros."""
    code = uscc.normalize(text)
    return code in PLACEHOLDERS or not code.strip("0")


def classify(
    text: str, *, confirmed: bool = False, registered: bool = False
) -> CodeClass:
    """Return the class of a text in a column of unified codes.

    `registered` says that the register holds this code, `confirmed` that it holds it as
    issued although it doesn't conform. Only `registered` lets a code pass that is a
    valid identity number as well, and only where both its check characters are right.
    """
    if is_placeholder(text):
        return CodeClass.PLACEHOLDER
    failed = uscc.reason(text)
    if _is_personal(text) and not (registered and failed is None):
        return CodeClass.PERSONAL_ID
    if failed is None:
        return CodeClass.VALID
    if confirmed and failed != "length":
        return CodeClass.NONCONFORMING
    return CodeClass.WRONG_CHECK if failed in _WRONG_CHECK else _older(text)


def _is_personal(text: str) -> bool:
    # Read digit by digit: what is longer than a code may be a number with digits added.
    return personal_id.find_embedded(text) is personal_id.Kind.CERTAIN


def _older(text: str) -> CodeClass:
    code = uscc.normalize(text)
    if registration_number.is_legacy_15(code):
        return CodeClass.LEGACY_15
    if registration_number.is_legacy_13(code):
        return CodeClass.LEGACY_13
    if registration_number.is_foreign_invested(code):
        return CodeClass.LEGACY_OTHER
    return CodeClass.MALFORMED
