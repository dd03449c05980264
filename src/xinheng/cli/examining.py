"""What `doctor` does once Django is ready."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils import timezone

from xinheng.apps.custody import upkeep
from xinheng.apps.custody.runbooks import runbooks
from xinheng.core.upkeep.conditions import Condition, worst

SIGNS = {"fine": "ok  ", "unknown": "?   ", "warn": "WARN", "bad": "BAD "}
DECIMALS = {"seconds": 0, "days": 1, "count": 0, "ratio": 2}


def examine() -> tuple[Condition, ...]:
    """Measure everything now."""
    return upkeep.measure(at=timezone.now())


def is_to_be_done(found: Sequence[Condition]) -> bool:
    """Tell whether any condition wants somebody to act."""
    return worst(found) > 0


def answer(found: Sequence[Condition]) -> dict[str, object]:
    """Return the conditions as `--json` gives them."""
    return {
        "ok": not is_to_be_done(found),
        "conditions": [
            {
                "code": each.code,
                "state": each.state.value,
                "value": each.value,
                "unit": each.limit.unit,
                "runbook": f"docs/how-to/runbooks.md#{each.code}",
            }
            for each in found
        ],
    }


def lines(found: Sequence[Condition]) -> Iterator[str]:
    """Yield a line for each condition, and the steps under those that want an act."""
    for each in found:
        book = runbooks()[each.code]
        value = _shown(each)
        yield f"{SIGNS[each.state]} {each.code}{value}  {book.title} {book.title_en}"
        if each.severity:
            pairs = zip(book.steps_zh, book.steps_en, strict=True)
            yield from (f"       {chinese} {english}" for chinese, english in pairs)


def _shown(condition: Condition) -> str:
    if condition.value is None:
        return ""
    unit = condition.limit.unit
    return f" = {condition.value:.{DECIMALS[unit]}f} {unit}"
