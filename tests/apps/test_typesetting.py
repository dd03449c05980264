"""A document shows every character, or is not issued."""

from __future__ import annotations

import pytest

from xinheng.apps import typesetting
from xinheng.apps.typesetting import FontMissingError, GlyphMissingError

TEMPLATE = "#set document(title: sys.inputs.text)\n#sys.inputs.text"


def render(text: str) -> bytes:
    return typesetting.render(TEMPLATE, {"text": text})


class TestRender:
    def test_gives_archival_pdf_the_same_twice(self):
        content = render("示例市安川食品有限公司 €")

        assert content.startswith(b"%PDF")
        assert b"pdfaid" in content
        assert content == render("示例市安川食品有限公司 €")

    def test_names_each_character_that_no_font_has_once(self):
        with pytest.raises(GlyphMissingError) as refused:
            render('示例市\ue000川🀀食品\ue000有限公司\\"🀀')

        assert sorted(refused.value.characters) == ["\ue000", "🀀"]
        assert "U+E000" in refused.value.codes

    def test_names_a_font_that_is_not_installed(self, settings):
        settings.FONTS = [*settings.FONTS, "Example Rare"]

        with pytest.raises(FontMissingError, match="install Example Rare"):
            render("示例市")


class TestFindMissing:
    def test_reads_strings_as_the_typesetter_writes_them(self):
        told = r'error: the text `"a\"\u{1f000}\\"` could not be displayed with font'

        assert typesetting.find_missing(told) == 'a"🀀\\'

    def test_finds_nothing_in_another_refusal(self):
        assert typesetting.find_missing("error: expected comma") == ""
