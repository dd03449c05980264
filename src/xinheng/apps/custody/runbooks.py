"""What each condition means and what to do, in both languages, as data.

python -m xinheng.apps.custody.runbooks page > docs/how-to/runbooks.md
python -m xinheng.apps.custody.runbooks alerts > deploy/prometheus/alerts.yml
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from xinheng.core.upkeep.conditions import LIMITS, NEVER, Limit

HEAD = """\
# Runbooks

What to do for each line of the operator's desk, of `xinheng doctor` and of an alert.
Each anchor is the condition's name. Commands run as the service's user, with its
environment.
This page is made from the code: `python -m xinheng.apps.custody.runbooks page`.
"""
WORDS = {"seconds": "s", "days": "days", "count": "", "ratio": ""}
METRIC = {each.code: f"xinheng_{each.code}_{each.unit}" for each in LIMITS}
STATE_METRIC = "xinheng_condition_state"


@dataclass(frozen=True, slots=True)
class Runbook:
    """One condition in words; the steps are to be taken in their order."""

    code: str
    title: str
    title_en: str
    means: str
    means_en: str
    steps_zh: tuple[str, ...]
    steps_en: tuple[str, ...]


@cache
def runbooks() -> Mapping[str, Runbook]:
    """Return the runbook of every condition by its code."""
    text = Path(__file__).with_suffix(".toml").read_text("utf-8")
    return {code: _parse(code, given) for code, given in tomllib.loads(text).items()}


def _parse(code: str, given: Mapping[str, object]) -> Runbook:
    return Runbook(
        code=code,
        title=str(given["title_zh"]),
        title_en=str(given["title_en"]),
        means=str(given["means_zh"]),
        means_en=str(given["means_en"]),
        steps_zh=_words(given["steps_zh"]),
        steps_en=_words(given["steps_en"]),
    )


def _words(given: object) -> tuple[str, ...]:
    return tuple(str(each) for each in given) if isinstance(given, list) else ()


def page() -> str:
    """Return the page of the runbooks in Markdown."""
    return HEAD + "".join(_section(limit) for limit in LIMITS)


def _section(limit: Limit) -> str:
    book = runbooks()[limit.code]
    lines = [
        f"\n## {limit.code}\n",
        f"**{book.title_en}** {book.title}. {book.means_en} {book.means}",
        f"\nLimits: {_limits(limit)}. Metric: `{METRIC[limit.code]}`.\n",
    ]
    pairs = zip(book.steps_en, book.steps_zh, strict=True)
    lines += [
        f"{number}. {english}\n   {chinese}"
        for number, (english, chinese) in enumerate(pairs, start=1)
    ]
    return "\n".join(lines) + "\n"


def _limits(limit: Limit) -> str:
    sign, unit = "≤" if limit.falls else "≥", WORDS[limit.unit]
    told = f"warn {sign} {limit.warn:g} {unit}".strip()
    if limit.bad == NEVER:
        return told
    return f"{told}, bad {sign} {limit.bad:g} {unit}".strip()


def alerts() -> str:
    """Return rules of Prometheus: two for each condition, and two of the server."""
    lines = [*_ALERTS_HEAD, *(line for each in LIMITS for line in _rule(each))]
    return "\n".join(lines) + "\n"


_ALERTS_HEAD = (
    "# Made from the code: python -m xinheng.apps.custody.runbooks alerts",
    "groups:",
    "- name: xinheng",
    "  rules:",
    "  - alert: XinhengDown",
    '    expr: up{job="xinheng"} == 0',
    "    for: 2m",
    "    labels: {severity: page}",
    "    annotations:",
    "      summary: 信衡没有应答 / Xinheng does not answer",
    "      runbook: docs/how-to/run-it.md#watch",
    "  - alert: XinhengFailsRequests",
    '    expr: sum(rate(xinheng_http_requests_total{status="5xx"}[5m])) > 0.05',
    "    for: 5m",
    "    labels: {severity: page}",
    "    annotations:",
    "      summary: 网站出错 / The site fails requests",
    "      runbook: docs/how-to/run-it.md#watch",
)


def _rule(limit: Limit) -> Iterator[str]:
    book = runbooks()[limit.code]
    name = "".join(part.title() for part in limit.code.split("_"))
    yield f"  - alert: Xinheng{name}"
    yield f'    expr: {STATE_METRIC}{{condition="{limit.code}"}} >= 1'
    yield "    for: 5m"
    yield "    labels: {severity: ticket}"
    yield "    annotations:"
    yield f"      summary: {book.title} / {book.title_en}"
    yield f"      runbook: docs/how-to/runbooks.md#{limit.code}"
    yield f"  - alert: Xinheng{name}Bad"
    yield f'    expr: {STATE_METRIC}{{condition="{limit.code}"}} == 2'
    yield "    for: 1m"
    yield "    labels: {severity: page}"
    yield "    annotations:"
    yield f"      summary: {book.title} / {book.title_en}"
    yield f"      runbook: docs/how-to/runbooks.md#{limit.code}"


if __name__ == "__main__":
    print({"page": page, "alerts": alerts}[sys.argv[1]](), end="")
