"""The column's spelling is the reference's, row by row."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.identifiers import document_number
from xinheng.pipeline.checks import document_number as checks

signs = st.sampled_from([*document_number.FOLDINGS, *"示环罚〔〕12号é🏢ﬀß"])


@given(st.lists(st.one_of(st.none(), st.text(), st.text(signs)), max_size=30))
def test_agrees_with_the_reference_on_every_row(rows):
    frame = pl.DataFrame({"number": rows}, schema={"number": pl.String})

    answer = frame.select(checks.normalized("number")).to_series().to_list()

    assert answer == [
        None if text is None else document_number.normalize(text) for text in rows
    ]
