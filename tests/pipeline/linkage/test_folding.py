"""A column of names folded says, row by row, what the rule says."""

import sys

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from xinheng.pipeline.linkage import folding

PLAIN = "示例營鋼市（）()ＡＢab12·　 \u200b＜＞《》"
AWKWARD = "㈱é\u0301ßŉ薴𠀀😀ﾊﾟ\u0000가①…\ufe0f"

texts = st.one_of(
    st.none(),
    st.text(PLAIN, max_size=12),
    st.text(PLAIN + AWKWARD, max_size=12),
    st.text(max_size=12),
)


class TestColumn:
    @given(st.lists(texts, max_size=8))
    def test_agrees_with_one_name_at_a_time(self, names):
        frame = pl.DataFrame({"name": pl.Series(names, dtype=pl.String)})

        together = frame.select(folding.folded("name"))["name"]

        assert together.to_list() == [
            None if name is None else folding.fold(name) for name in names
        ]

    def test_agrees_on_every_character_of_unicode(self):
        characters = [
            chr(number)
            for number in range(sys.maxunicode + 1)
            if not 0xD800 <= number < 0xE000
        ]

        together = folding.fold_column(pl.Series(characters))

        assert together.to_list() == [folding.fold(each) for each in characters]

    def test_keeps_order_and_nulls_over_many_slices(self, monkeypatch):
        monkeypatch.setattr(folding, "_ROWS_AT_ONCE", 3)
        names = pl.Series("name", ["甲（一）", None, "", "ｂ", "鋼", "\0", "é", None])

        answer = folding.fold_column(names)

        assert answer.to_list() == ["甲一", None, "", "B", "钢", "", "É", None]
        assert answer.name == "name"

    def test_works_inside_a_lazy_query(self):
        frame = pl.LazyFrame({"name": ["鋼（示例）", "ａ"]})

        answer = frame.with_columns(folding.folded("name")).collect()

        assert answer["name"].to_list() == ["钢示例", "A"]


class TestSimplified:
    def test_names_no_character_that_it_converts(self):
        table = folding.simplified()

        assert not {ord(new) for new in table.values()} & set(table)

    def test_converts_characters_and_not_phrases(self):
        assert folding.fold("營口鋼鐵乾坤鐘錶") == "营口钢铁干坤钟表"

    @given(st.text(max_size=12))
    def test_folding_again_changes_nothing(self, text):
        assert folding.fold(folding.fold(text)) == folding.fold(text)
