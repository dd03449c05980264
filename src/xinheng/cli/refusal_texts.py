"""What is said where an act on accounts, mandates or keys is refused, by its reason."""

from __future__ import annotations

TEXTS = {
    "username": (
        "账号名须为 3 至 64 个小写字母、数字、点、连字符或下划线。",
        "An account name has 3 to 64 of a-z, 0-9, dot, hyphen and underscore.",
    ),
    "username_taken": ("账号名已被使用。", "The account name is taken."),
    "display_name": ("姓名须为 1 至 100 个字。", "A name has 1 to 100 characters."),
    "email": ("电子邮件地址无效。", "The e-mail address is not valid."),
    "personal_id": (
        "账号名、姓名和邮件地址不得含身份证号码。",
        "No identity number may stand in an account's names.",
    ),
    "still_active": (
        "账号仍在使用，请先停用。",
        "The account is open: disable it first.",
    ),
    "role": ("没有这个角色。", "There is no such role."),
    "unit": (
        "经办人须指定单位，其他角色不得指定单位。",
        "A clerk is a clerk of a unit; the other roles have none.",
    ),
    "unit_not_active": ("该单位当日不存在。", "The unit does not exist on that day."),
    "period": ("结束日须晚于生效日。", "The mandate ends before it begins."),
    "overlap": (
        "该账号在此期间已有相同的授权。",
        "The account holds the same mandate on some of these days.",
    ),
    "separation": (
        "同一账号不得同时是信用办和系统管理员。",
        "One account is never both credit office and administrator.",
    ),
    "self_grant": ("不得给自己授权。", "Nobody grants a mandate to themselves."),
    "deputy_without_end": ("代理须有结束日。", "A deputy's mandate has an end."),
    "deputy_of_self": ("不得代理自己。", "Nobody is their own deputy."),
    "deputy_exceeds": (
        "代理的角色、单位和期限不得超出被代理人的授权。",
        "A deputy holds no more than the principal: role, unit and days.",
    ),
    "password_too_short": (
        "密码至少 12 个字符。",
        "A password has at least 12 characters.",
    ),
    "password_too_long": (
        "密码最多 256 个字符。",
        "A password has at most 256 characters.",
    ),
    "password_too_common": ("密码过于常见。", "The password is a common one."),
    "password_too_similar": (
        "密码与账号名过于相似。",
        "The password is too similar to the account name.",
    ),
    "term": (
        "密钥有效期须在 1 至 400 天之间。",
        "A service key holds for 1 to 400 days.",
    ),
    "matter": (
        "没有指定事项，或事项代码不存在。",
        "No matter is named, or there is no such matter.",
    ),
    "purpose": (
        "请写明用途（最多200个字符，不得含个人身份证号码）。",
        "Say what the key is for, in at most 200 characters and without a person's"
        " number.",
    ),
    "not_in_force": ("该密钥已失效。", "The key is over."),
}
