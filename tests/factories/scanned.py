"""Pages as a scanner makes them: text as points, nothing to be selected."""

from __future__ import annotations

from functools import cache

import typst


@cache
def page(text: str) -> bytes:
    """Return a page with a line of text as PNG."""
    source = (
        "#set page(width: 14cm, height: 5cm, margin: 1cm)\n"
        '#set text(font: "Noto Sans CJK SC", size: 14pt, lang: "zh")\n'
        f"关于缴纳罚款的证明\n\n{text}\n"
    )
    found = typst.compile(source.encode(), format="png", ppi=150)
    assert isinstance(found, bytes)
    return found
