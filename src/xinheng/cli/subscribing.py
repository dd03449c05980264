"""What `webhooks` does once Django is ready."""

from __future__ import annotations

import re
from typing import Any

from django.utils import timezone

from xinheng.apps.outbox import operations, queries, webhooks
from xinheng.apps.outbox.operations import NotDeadError
from xinheng.apps.outbox.queries import UnknownDeliveryError
from xinheng.apps.outbox.webhooks import WebhookRefusedError
from xinheng.apps.units import queries as units
from xinheng.apps.units.queries import UnknownUnitError
from xinheng.cli import failures
from xinheng.core.webhooks.addresses import Fault

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
TEXTS = {
    Fault.FORM: (
        "地址有误：应为 https:// 开头、不含用户名的网址。",
        "The address is no URL of a webhook: https://..., without a user name.",
    ),
    Fault.NOT_HTTPS: (
        "地址必须使用 HTTPS；内部网络须由管理员列入 XINHENG_WEBHOOK_NETWORKS。",
        "The address must be HTTPS; inner networks are listed in"
        " XINHENG_WEBHOOK_NETWORKS.",
    ),
    Fault.UNKNOWN_HOST: (
        "主机名无法解析，请核对地址。",
        "The host name leads nowhere; check the address.",
    ),
    Fault.INNER: (
        "该地址指向内部网络，不予使用；确需使用的，由管理员列入"
        " XINHENG_WEBHOOK_NETWORKS。",
        "The address leads into an inner network and is not used; where it must be, an"
        " operator lists it in XINHENG_WEBHOOK_NETWORKS.",
    ),
}


def add(*, name: str, unit: str, url: str, topic: str, as_json: bool) -> dict[str, Any]:
    """Enter a webhook; leaves with 1 where it is refused, 2 for an unknown unit."""
    if not NAME.fullmatch(name):
        failures.refuse(
            "WEBHOOK_NAME",
            "名称为1至32个小写字母、数字或连字符。",
            "A name is 1 to 32 of a-z, 0-9 and hyphens.",
            as_json=as_json,
        )
    try:
        secret = webhooks.subscribe(
            name=name,
            unit=units.get_unit(unit).code,
            url=url,
            topic=topic,
            at=timezone.now(),
        )
    except UnknownUnitError:
        failures.fail(
            "UNKNOWN_UNIT",
            f"没有信源单位“{unit}”。",
            f"There is no source unit {unit}.",
            as_json=as_json,
        )
    except WebhookRefusedError as refused:
        failures.refuse(str(refused.fault), *TEXTS[refused.fault], as_json=as_json)
    return {"name": name, "url": url, "topic": topic, "secret": secret}


def listed() -> dict[str, Any]:
    """Return the webhooks, and the messages that were given up."""
    return {
        "webhooks": [
            {"name": each.name, "unit": each.unit, "url": each.address}
            for each in queries.list_subscriptions()
            if each.kind == webhooks.KIND
        ],
        "messages": queries.count_by_state(),
        "given_up": [
            {"key": each.key, "webhook": each.target, "why": each.last_error}
            for each in queries.list_dead().items
        ],
    }


def remove(*, name: str, as_json: bool) -> dict[str, Any]:
    """End a webhook; leaves with 2 where there is none of that name."""
    if name not in {each.name for each in queries.list_subscriptions()}:
        failures.fail(
            "UNKNOWN_WEBHOOK",
            f"没有名为“{name}”的回调。",
            f"There is no webhook {name}.",
            as_json=as_json,
        )
    operations.unsubscribe(name=name, at=timezone.now())
    return {"removed": name}


def requeue(*, key: str | None, as_json: bool) -> dict[str, Any]:
    """Queue again what was given up; leaves with 2 where it was not."""
    keys = [key] if key else [each.key for each in queries.list_dead(size=1000).items]
    for each in keys:
        try:
            operations.requeue(key=each, at=timezone.now())
        except (UnknownDeliveryError, NotDeadError):
            failures.fail(
                "NOT_GIVEN_UP",
                "没有这条已停止的消息。",
                "No message of that key was given up.",
                as_json=as_json,
            )
    return {"queued_again": len(keys)}
