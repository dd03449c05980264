"""How values look on a page: numbers, months, names in two languages, page numbers."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from django import template
from django.utils import formats
from django.utils.translation import get_language

from xinheng.core.paging import Page

register = template.Library()

NEAR = 2  # pages shown on each side of the one that is open


@register.filter
def grouped(number: int | None) -> str:
    """Return a whole number with its thousands apart, empty for null."""
    return "" if number is None else f"{number:,}"


@register.filter
def percent(share: Fraction) -> str:
    """Return a share in percent with one place, never rounded up to the whole."""
    tenths = share.numerator * 1000 // share.denominator
    return f"{tenths // 10}.{tenths % 10} %"


@register.filter
def days(number: Fraction | None) -> str:
    """Return days with one place, a dash for null."""
    if number is None:
        return "-"
    tenths = round(number * 10)
    return f"{tenths // 10}.{tenths % 10}"


@register.filter
def local(item: Any, name: str) -> str:
    """Return an item's `name_en` for readers of English, else its `name`."""
    english = getattr(item, f"{name}_en", None)
    return str(english if is_english() and english else getattr(item, name))


@register.filter
def local_lang(item: Any, name: str) -> str:
    """Return the language that `local` answers in, as a `lang` attribute has it."""
    english = getattr(item, f"{name}_en", None)
    return "en" if is_english() and english else "zh-Hans"


@register.filter
def month(period: str | None) -> str:
    """Return a period (YYYY-MM) as the reader's language writes a month."""
    if not period:
        return ""
    first = date.fromisoformat(f"{period}-01")
    return str(formats.date_format(first, "YEAR_MONTH_FORMAT"))


@register.filter
def bytes_size(size: int) -> str:
    """Return a size in bytes in the largest unit that leaves a whole part."""
    amount = float(size)
    for unit in ("B", "KB", "MB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} GB"


@register.filter
def numbers(page: Page[Any]) -> list[int | None]:
    """Return the page numbers to link, null where some are left out."""
    near = range(page.number - NEAR, page.number + NEAR + 1)
    wanted = sorted({1, page.pages, *near} & set(range(1, page.pages + 1)))
    linked: list[int | None] = []
    for number in wanted:
        if linked and number - (linked[-1] or 0) > 1:
            linked.append(None)
        linked.append(number)
    return linked


def is_english() -> bool:
    """Return whether the reader asked for English."""
    return (get_language() or "").startswith("en")
