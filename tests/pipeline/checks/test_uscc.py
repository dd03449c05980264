"""The column checks say, row by row, what the reference says."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.identifiers import organization_code, uscc
from xinheng.core.identifiers.blanks import BLANKS
from xinheng.pipeline.checks import uscc as checks

characters = st.sampled_from(
    uscc.ALPHABET + uscc.ALPHABET.lower() + "IOSVZ 一éﬀß🏢－" + BLANKS
)
shaped = st.from_regex(
    rf"\A[19ANYG][1239](00|21|22)[0-9]{{4}}[{uscc.ALPHABET}]{{10}}\Z"
)


@st.composite
def nearly_valid(draw):
    body = draw(shaped)[:16]
    body += (
        draw(st.sampled_from("0X"))
        if draw(st.booleans())
        else organization_code.check_character(body[8:])
    )
    right = uscc.check_character(body)
    return body + (
        draw(st.sampled_from(uscc.ALPHABET)) if draw(st.booleans()) else right
    )


texts = st.one_of(
    st.none(),
    st.text(characters, max_size=20),
    st.text(characters, min_size=18, max_size=18),
    st.text(max_size=24),
    shaped,
    nearly_valid(),
)


def column(rows):
    return pl.DataFrame({"code": rows}, schema={"code": pl.String}).with_columns(
        checks.normalized("code")
    )


class TestNormalized:
    @given(st.lists(texts, max_size=40))
    def test_agrees_with_the_reference_on_every_row(self, rows):
        expected = [None if text is None else uscc.normalize(text) for text in rows]

        assert column(rows)["code"].to_list() == expected


class TestReason:
    @given(st.lists(texts, max_size=40))
    def test_agrees_with_the_reference_on_every_row(self, rows):
        expected = [None if text is None else uscc.reason(text) for text in rows]

        assert (
            column(rows).select(checks.reason("code")).to_series().to_list() == expected
        )

    @given(st.lists(texts, max_size=40))
    def test_is_the_name_of_the_failed_rule(self, rows):
        names = (None, *uscc.REASONS)

        answer = column(rows).select(
            reason=checks.reason("code"), rule=checks.failed_rule("code")
        )

        assert [names[rule] for rule in answer["rule"]] == answer["reason"].to_list()

    def test_stands_a_column_of_nulls_without_a_type(self):
        frame = pl.DataFrame({"code": [None, None]})

        assert frame.select(checks.reason("code")).to_series().to_list() == [None, None]

    def test_keeps_order_and_number_of_rows_in_batches(self):
        rows = ["91110000600037341L", None, "91110000600037341M", "无"] * 5_000
        frame = pl.LazyFrame({"code": rows})

        answer = frame.select(checks.reason("code")).collect(engine="streaming")

        assert (
            answer["code"].to_list()
            == [None, None, "check_character", "length"] * 5_000
        )


class TestParts:
    @given(st.lists(nearly_valid(), max_size=20))
    def test_agree_with_the_reference(self, rows):
        answer = column(rows).select(
            known=checks.is_known_authority_and_kind("code"),
            division=checks.division("code"),
        )

        assert answer["known"].to_list() == [
            uscc.is_known_authority_and_kind(code) for code in rows
        ]
        assert answer["division"].to_list() == [code[2:8] for code in rows]
