"""Templates hold nothing that the content security policy would refuse."""

from __future__ import annotations

import re

import pytest

from xinheng.web.messages import HERE

TEMPLATES = sorted((HERE / "templates").rglob("*.html"))
INLINE = re.compile(
    r"""<style|\sstyle\s*=|\son[a-z]+\s*=|javascript:|data:|hx-on|\bjs:|"""
    r"""hx-trigger="[^"]*\[|<script(?![^>]*\ssrc=)""",
    re.IGNORECASE,
)


class TestTemplates:
    @pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
    def test_hold_nothing_inline(self, path):
        assert INLINE.findall(path.read_text("utf-8")) == []

    @pytest.mark.parametrize(
        "text",
        [
            '<p style="color:red">',
            "<script>alert(1)</script>",
            '<a onclick="x()">',
            '<div hx-trigger="click[ctrlKey]">',
            '<img src="data:image/png;base64,x">',
        ],
    )
    def test_would_be_caught(self, text):
        assert INLINE.search(text)

    def test_may_load_a_script_of_ours(self):
        assert not INLINE.search(
            """<script src="{% static 'x.js' %}" defer></script>"""
        )
