"""Charts: counts into a Vega-Lite chart, set as SVG or PNG on this machine.

No network and no script in the result; the same counts give the same bytes. A chart
only says again what a table beside it says, in the palette of the pages.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import vl_convert

FONT = "Noto Sans CJK SC"
INK, SOFT, LINE, ACCENT = "#18212b", "#4b5660", "#d8d5ca", "#14505c"
SHADES = ("#e6eef0", "#a9c6cc", "#5b95a0", "#14505c")
WIDTH = 520
_STEP = 22  # of one bar or one row, in pixels
_PNG_SCALE = 2
_CONFIG = {
    "font": FONT,
    "background": "#ffffff",
    "axis": {
        "labelColor": INK,
        "titleColor": SOFT,
        "gridColor": LINE,
        "domainColor": LINE,
        "tickColor": LINE,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "labelLimit": 260,
    },
    "legend": {"labelColor": INK, "titleColor": SOFT, "labelFontSize": 12},
    "view": {"stroke": None},
}


@dataclass(frozen=True, slots=True)
class Series:
    """A line of a trend: its title and a value for each month, null where unknown."""

    title: str
    values: tuple[float | None, ...]


def bars(counts: Sequence[tuple[str, int]]) -> Mapping[str, Any]:
    """Return the chart of labeled bars, in their order from the top."""
    rows = [{"label": label, "count": count} for label, count in counts]
    order = [label for label, _ in counts]
    y = {"field": "label", "type": "nominal", "sort": order, "title": None}
    bar = {
        "mark": {"type": "bar", "color": ACCENT},
        "encoding": {
            "x": {"field": "count", "type": "quantitative", "title": None},
            "y": y,
        },
    }
    text = {
        "mark": {"type": "text", "align": "left", "dx": 4, "color": INK},
        "encoding": {
            "x": {"field": "count", "type": "quantitative"},
            "y": y,
            "text": {"field": "count", "type": "quantitative", "format": ","},
        },
    }
    return _chart(rows, {"layer": [bar, text], "height": {"step": _STEP}})


def trend(months: Sequence[str], series: Sequence[Series]) -> Mapping[str, Any]:
    """Return the chart of lines over months, the first month at the left."""
    rows = [
        {"month": month, "series": each.title, "value": value}
        for each in series
        for month, value in zip(months, each.values, strict=True)
    ]
    encoding = {
        "x": {
            "field": "month",
            "type": "ordinal",
            "sort": list(months),
            "title": None,
            "axis": {"labelAngle": -45},
        },
        "y": {"field": "value", "type": "quantitative", "title": None},
        "color": {
            "field": "series",
            "type": "nominal",
            "title": None,
            "sort": [each.title for each in series],
            "scale": {"range": [ACCENT, "#a5281b", "#8a6d1d", "#4b5660"]},
            "legend": {"orient": "top"} if len(series) > 1 else None,
        },
        "strokeDash": {"field": "series", "type": "nominal", "legend": None},
    }
    mark = {"type": "line", "point": {"filled": True, "size": 50}, "strokeWidth": 2}
    return _chart(rows, {"mark": mark, "encoding": encoding, "height": 220})


def heat(
    cells: Sequence[tuple[str, str, int]], *, bounds: Sequence[int]
) -> Mapping[str, Any]:
    """Return the chart of (row, month, count), a deeper shade from each of the bounds.

    A count below the first bound is blank.
    """
    rows = [{"row": row, "month": month, "count": n} for row, month, n in cells]
    order = list(dict.fromkeys(row for row, _, _ in cells))
    months = list(dict.fromkeys(month for _, month, _ in cells))
    scale = {"type": "threshold", "domain": list(bounds), "range": ["#fff", *SHADES]}
    encoding = {
        "x": {"field": "month", "type": "ordinal", "sort": months, "title": None},
        "y": {"field": "row", "type": "nominal", "sort": order, "title": None},
        "color": {
            "field": "count",
            "type": "quantitative",
            "scale": scale,
            "legend": None,
        },
    }
    mark = {"type": "rect", "stroke": LINE}
    return _chart(rows, {"mark": mark, "encoding": encoding, "height": {"step": 18}})


def svg(chart: Mapping[str, Any]) -> bytes:
    """Return the chart as SVG, its texts as texts."""
    return str(vl_convert.vegalite_to_svg(_spec(chart))).encode()


def png(chart: Mapping[str, Any]) -> bytes:
    """Return the chart as PNG, twice as many pixels as it has points."""
    return bytes(vl_convert.vegalite_to_png(_spec(chart), scale=_PNG_SCALE))


def _chart(rows: list[dict[str, Any]], parts: dict[str, Any]) -> Mapping[str, Any]:
    return {"data": {"values": rows}, "width": WIDTH, "config": _CONFIG, **parts}


def _spec(chart: Mapping[str, Any]) -> str:
    return json.dumps(chart, ensure_ascii=False)
