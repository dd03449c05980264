"""Names of sole proprietors: a trade name is shown, a person's name is not.

A sole-proprietor business may be registered under its owner's own name. Such a name
can't be told from a trade name surely; where in doubt the code alone is shown.
"""

from __future__ import annotations

import re

# A trade name says what is done or where: it holds one of these.
TRADE_WORDS = (
    "店", "铺", "部", "厂", "行", "社", "馆", "坊", "商", "屋", "院", "场", "站", "园",
    "室", "楼", "吧", "城", "超市", "中心", "公司", "食", "餐", "饭", "菜", "面", "酒",
    "茶",
    "美容", "理发", "服装", "维修", "建材", "五金", "百货", "养殖", "种植", "经营",
    "加工", "运输", "物流", "修理", "汽车", "药", "诊所", "网", "房", "摊", "户",
)  # fmt: skip
LONGEST_PERSONAL_NAME = 4
SOLE_PROPRIETOR_PREFIX = "92"  # of the unified code

_IN_BRACKETS = re.compile(r"[(（][^)）]*[)）]")


def looks_personal(name: str) -> bool:
    """Return whether a sole proprietor's registered name may be a person's."""
    outside = _IN_BRACKETS.sub("", name).strip()
    return len(outside) <= LONGEST_PERSONAL_NAME and not any(
        word in outside for word in TRADE_WORDS
    )


def public_name(name: str, *, is_sole_proprietor: bool) -> str | None:
    """Return the name that the public may see; null where only the code is shown.

    What stands in brackets behind a sole proprietor's trade name is left out, because
    registers put the owner there.
    """
    if not is_sole_proprietor:
        return name
    if looks_personal(name):
        return None
    return _IN_BRACKETS.sub("", name).strip()
