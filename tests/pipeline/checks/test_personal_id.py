"""The column screen says, cell by cell, what the reference says."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.screening import personal_id
from xinheng.pipeline.checks import personal_id as checks

KINDS = {
    None: checks.NONE,
    personal_id.Kind.SUSPECTED: checks.SUSPECTED,
    personal_id.Kind.CERTAIN: checks.CERTAIN,
}
READINGS = [
    (checks.kind, personal_id.find),
    (checks.kind_embedded, personal_id.find_embedded),
    (checks.kind_in_registration_number, personal_id.find_in_registration_number),
]
ID_18 = "210899198001011248"
ID_15 = "210899800101124"
ID_15_CHECKED = "210899800101123"
REGISTRATION = "110108000000016"

full_width = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
fragments = st.one_of(
    st.sampled_from(
        [
            *(ID_18, "21089919800101123X", "21089919800101123x", "210899195001010516"),
            *(ID_15, ID_15_CHECKED, REGISTRATION, ID_18.translate(full_width)),
            *(ID_18[:6], ID_18[6:14], ID_18[14:], ID_15[6:12], ID_15[12:]),
            *(*personal_id.LABELS, "91110000600037341L", "号", "🏢", "\0", "\n", "x"),
        ]
    ),
    st.text(personal_id.SEPARATORS, max_size=5),
    st.text("0123456789０１２３４５６７８９XxＸ", max_size=4),
    st.text(max_size=3),
)
cells = st.one_of(
    st.none(), st.lists(fragments, max_size=8).map("".join), st.text(max_size=40)
)


def found(texts, kind):
    frame = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    return frame.select(kind(pl.col("text"))).to_series().to_list()


@pytest.mark.parametrize(("kind", "find"), READINGS)
class TestKind:
    @given(texts=st.lists(cells, max_size=12))
    def test_agrees_with_the_reference_on_every_cell(self, kind, find, texts):
        expected = [KINDS[find(text) if text is not None else None] for text in texts]

        assert found(texts, kind) == expected

    @given(
        day=st.dates(),
        body=st.from_regex(r"\A[0-9]{7}\Z"),
        check=st.sampled_from("0123456789X"),
    )
    def test_agrees_on_every_date_and_check_character(
        self, kind, find, day, body, check
    ):
        texts = [
            f"{body[:4]}99{day:%Y%m%d}{body[4:]}{check}",
            f"{body[:4]}99{day:%y%m%d}{body[4:]}",
        ]

        assert found(texts, kind) == [KINDS[find(text)] for text in texts]

    def test_stands_columns_without_rows_or_values(self, kind, find):
        assert found([], kind) == []
        assert found([None, None], kind) == [checks.NONE, checks.NONE]

    def test_stands_a_column_of_nulls_without_a_type(self, kind, find):
        frame = pl.DataFrame({"text": [None, None]})

        assert frame.select(kind(pl.col("text"))).to_series().to_list() == [0, 0]

    def test_works_on_a_lazy_frame_in_batches(self, kind, find):
        frame = pl.LazyFrame({"text": [ID_18, "无", REGISTRATION] * 5_000})

        answer = frame.select(kind(pl.col("text"))).collect(engine="streaming")

        assert (
            answer.to_series().to_list()
            == [KINDS[find(text)] for text in (ID_18, "无", REGISTRATION)] * 5_000
        )


class TestCertainAndSuspected:
    def test_divide_what_was_found(self):
        frame = pl.DataFrame({"text": [ID_18, ID_15_CHECKED, "无", None]})

        answer = frame.select(
            certain=checks.certain(pl.col("text")),
            suspected=checks.suspected(pl.col("text")),
        )

        assert answer["certain"].to_list() == [True, False, False, False]
        assert answer["suspected"].to_list() == [False, True, False, False]
