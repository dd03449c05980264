"""How numbers, months, sizes and page numbers look."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.catalog import periods
from xinheng.core.paging import Page
from xinheng.web.templatetags import xinheng as formats

MONTHS = st.builds("{:04d}-{:02d}".format, st.integers(2000, 2098), st.integers(1, 12))


def page(number, pages):
    return Page(items=(), number=number, size=1, total=pages)


class TestNumbers:
    def test_links_every_page_of_a_few(self):
        assert formats.numbers(page(1, 3)) == [1, 2, 3]

    def test_leaves_out_the_far_ones(self):
        assert formats.numbers(page(10, 20)) == [1, None, 8, 9, 10, 11, 12, None, 20]

    @given(st.integers(1, 60), st.integers(1, 60))
    def test_always_links_the_first_and_the_last(self, number, pages):
        linked = formats.numbers(page(min(number, pages), pages))

        assert linked[0] == 1
        assert linked[-1] == pages
        assert min(number, pages) in linked


class TestGrouped:
    @pytest.mark.parametrize(
        ("number", "text"),
        [(0, "0"), (5118, "5,118"), (None, ""), (1234567, "1,234,567")],
    )
    def test_sets_thousands_apart(self, number, text):
        assert formats.grouped(number) == text


class TestBytesSize:
    @pytest.mark.parametrize(
        ("size", "text"),
        [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KB"), (2 * 1024**3, "2.0 GB")],
    )
    def test_names_the_unit(self, size, text):
        assert formats.bytes_size(size) == text


class TestMonth:
    @pytest.mark.parametrize(
        ("language", "text"), [("zh-hans", "2019年5月"), ("en", "May 2019")]
    )
    def test_follows_the_language(self, language, text):
        with translation.override(language):
            assert formats.month("2019-05") == text

    def test_is_empty_without_a_month(self):
        assert formats.month(None) == ""


class TestLocal:
    def test_gives_english_readers_english(self):
        unit = SimpleNamespace(name="统计局", name_en="Statistics Bureau")

        with translation.override("en"):
            assert formats.local(unit, "name") == "Statistics Bureau"
            assert formats.local_lang(unit, "name") == "en"
        with translation.override("zh-hans"):
            assert formats.local(unit, "name") == "统计局"
            assert formats.local_lang(unit, "name") == "zh-Hans"

    def test_falls_back_to_chinese(self):
        unit = SimpleNamespace(name="统计局", name_en="")

        with translation.override("en"):
            assert formats.local(unit, "name") == "统计局"
            assert formats.local_lang(unit, "name") == "zh-Hans"


class TestBefore:
    def test_crosses_the_year(self):
        assert periods.before("2019-01") == "2018-12"
        assert periods.before("2018-12", -1) == "2019-01"

    @given(MONTHS, st.integers(0, 11))
    def test_comes_back(self, period, months):
        assert periods.before(periods.before(period, months), -months) == period
