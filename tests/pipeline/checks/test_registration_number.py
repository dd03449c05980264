"""The column checks of older numbers say what the reference says."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.identifiers import registration_number
from xinheng.pipeline.checks import registration_number as checks

texts = st.one_of(
    st.none(),
    st.text("0123456789NA企国合字第号一鿿\n１", max_size=16),
    st.from_regex(r"\A[0-9]{15}\Z"),
    st.from_regex(r"\A[0-9]{13}\n?\Z"),
    st.from_regex(registration_number.COOPERATIVE, fullmatch=True),
    st.from_regex(registration_number.FOREIGN_INVESTED, fullmatch=True),
)


@pytest.mark.parametrize(
    "name", ["is_valid_15", "is_legacy_15", "is_legacy_13", "is_foreign_invested"]
)
class TestTwins:
    @given(rows=st.lists(texts, max_size=30))
    def test_agree_with_the_reference_on_every_row(self, name, rows):
        frame = pl.DataFrame({"text": rows}, schema={"text": pl.String})
        reference = getattr(registration_number, name)

        answer = frame.select(getattr(checks, name)(pl.col("text"))).to_series()

        assert answer.to_list() == [
            None if text is None else reference(text) for text in rows
        ]
