"""The bulletin as PDF, set by Typst; the same document gives the same bytes."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from xinheng.apps import typesetting
from xinheng.core.statistics import document as documents
from xinheng.core.statistics.document import Chart, Document
from xinheng.pipeline import charts

_TEMPLATE = "templates/statistics/bulletin.typ.txt"


def as_pdf(document: Document) -> bytes:
    """Return the document as PDF/A, A4.

    Raises:
        FontMissingError, GlyphMissingError: see `typesetting.render`.
    """
    source = (files("xinheng.apps.statistics") / _TEMPLATE).read_text("utf-8")
    told = json.dumps(_told(document), ensure_ascii=False)
    return typesetting.render(source, {"document": told})


def check_glyphs(document: Document) -> None:
    """Find out whether what people wrote can be set at all, without setting it all.

    Raises:
        FontMissingError, GlyphMissingError: see `typesetting.render`.
    """
    texts = [block.title + block.text for s in document.sections for block in s.blocks]
    texts += [text for _, text in document.colophon]
    typesetting.render("#sys.inputs.text", {"text": "\n".join(texts)})


def _told(document: Document) -> dict[str, Any]:
    """Return the document with its charts drawn."""
    told = documents.plain(document)
    for section, shown in zip(document.sections, told["sections"], strict=True):
        for block, part in zip(section.blocks, shown["blocks"], strict=True):
            if block.chart is not None:
                svg = charts.svg(charts.bars(block.chart.bars)).decode()
                part["chart"] = {**part["chart"], "svg": svg, "alt": alt(block.chart)}
    return told


def alt(chart: Chart) -> str:
    """Return the chart in words, for who does not see it."""
    counts = "，".join(f"{label} {count:,}" for label, count in chart.bars)
    return f"{chart.title}：{counts}"
