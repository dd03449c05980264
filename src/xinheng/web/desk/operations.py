"""The operator's desk: how the installation is, and what to do about each line."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from xinheng.apps.custody import upkeep
from xinheng.apps.custody.runbooks import Runbook, runbooks
from xinheng.core.upkeep.conditions import NEVER, Condition, worst
from xinheng.web.access import DeskRequest, administrator
from xinheng.web.templatetags.xinheng import is_english

MINUTE, HOUR, DAY = 60, 3600, 86_400


@dataclass(frozen=True, slots=True)
class Line:
    """A condition in words."""

    condition: Condition
    book: Runbook
    value: str

    @property
    def steps(self) -> tuple[str, ...]:
        """What to do, in the reader's language."""
        return self.book.steps_en if is_english() else self.book.steps_zh


@administrator
@require_safe
def index(request: DeskRequest) -> HttpResponse:
    """Show every condition, the worst first."""
    found = upkeep.measure(at=timezone.now())
    ordered = sorted(found, key=lambda each: -each.severity)
    context = {
        "lines": [_line(each) for each in ordered],
        "worst": worst(found),
        "open": sum(each.severity > 0 for each in found),
        "measured_at": timezone.now(),
    }
    return render(request, "desk/operations.html", context)


@administrator
@require_safe
def runbook(request: DeskRequest, code: str) -> HttpResponse:
    """Show what one condition means, how it is, and what to do."""
    found = {each.code: each for each in upkeep.measure(at=timezone.now())}
    if code not in found:
        raise Http404
    condition = found[code]
    context = {
        "line": _line(condition),
        "warn": shown(condition.limit.unit, condition.limit.warn),
        "bad": _bad(condition),
    }
    return render(request, "desk/operations_runbook.html", context)


def _bad(condition: Condition) -> str:
    limit = condition.limit
    return "" if limit.bad == NEVER else shown(limit.unit, limit.bad)


def _line(condition: Condition) -> Line:
    value = condition.value
    text = "–" if value is None else shown(condition.limit.unit, value)
    return Line(condition, runbooks()[condition.code], text)


def shown(unit: str, value: float) -> str:
    """Return a figure as people read it."""
    if unit == "ratio":
        return f"{value * 100:.0f} %"
    if unit == "days":
        return _duration(value * DAY)
    return _duration(value) if unit == "seconds" else f"{value:.0f}"


def _duration(seconds: float) -> str:
    """Return a length of time in its largest unit."""
    if abs(seconds) >= 2 * DAY:
        return _count(seconds / DAY, ngettext("%d day", "%d days", int(seconds / DAY)))
    if abs(seconds) >= 2 * HOUR:
        hours = seconds / HOUR
        return _count(hours, ngettext("%d hour", "%d hours", int(hours)))
    if abs(seconds) >= 2 * MINUTE:
        minutes = seconds / MINUTE
        return _count(minutes, ngettext("%d minute", "%d minutes", int(minutes)))
    return _("%.1f seconds") % seconds


def _count(number: float, text: str) -> str:
    return text % int(number)
