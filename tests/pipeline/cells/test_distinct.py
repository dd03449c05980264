"""Texts that come again and again, read once."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from xinheng.pipeline.cells.distinct import Memory, Sharing
from xinheng.pipeline.cells.reading import Read, failing

cells = st.lists(st.sampled_from(["a", "b", "c", "x", "", None]), max_size=20)


def read(texts: pl.Series) -> Read:
    """Raise the letters; x can't be read."""
    is_wrong = (texts == "x").fill_null(value=False)
    values = texts.str.to_uppercase().set(is_wrong, None)
    return Read(values, failing("WRONG", is_wrong))


def as_lists(given: Read) -> tuple[list[str | None], dict[str, list[bool]]]:
    flags = {rule: flag.to_list() for rule, flag in given.flags.items()}
    return given.values.to_list(), flags


class TestMemory:
    @given(st.lists(cells, max_size=5))
    def test_tells_of_batch_after_batch_what_the_reader_would(self, batches):
        memory = Memory()

        for batch in batches:
            column = pl.Series("0", batch, dtype=pl.String)
            told = memory.read(column, column.drop_nulls().unique(), read)

            assert as_lists(told) == as_lists(read(column))

    def test_reads_texts_that_it_knows_no_more(self):
        asked: list[list[str]] = []

        def listen(texts: pl.Series) -> Read:
            asked.append(texts.to_list())
            return Read(texts)

        memory = Memory()
        for batch in (["a", "b"], ["b"], ["a", "b", None], ["c"]):
            column = pl.Series(batch, dtype=pl.String)
            distinct = column.drop_nulls().unique(maintain_order=True)
            values = memory.read(column, distinct, listen).values

            assert values.to_list() == batch
        assert asked == [["a", "b"], ["c"]]


class TestSharing:
    def test_gives_up_a_column_once_its_texts_are_many(self):
        sharing = Sharing(["few", "many", "blank"])
        batch = pl.DataFrame(
            {
                "few": ["a", None] * 8,
                "many": list("abcdefghijklmnop"),
                "blank": [None] * 16,
            },
            schema=dict.fromkeys(("few", "many", "blank"), pl.String),
        )
        alike = batch.with_columns(many=pl.lit("a"))

        first, later = sharing.distinct(batch), sharing.distinct(alike)

        assert {name: texts.to_list() for name, texts in first.items()} == {
            "few": ["a"],
            "blank": [],
        }
        assert later.keys() == {"few", "blank"}
