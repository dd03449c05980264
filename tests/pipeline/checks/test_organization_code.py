"""The column checks of organization codes say what the reference says."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.identifiers import organization_code
from xinheng.core.identifiers.blanks import BLANKS
from xinheng.pipeline.checks import organization_code as checks

characters = st.sampled_from(organization_code.ALPHABET + "xa一🏢－-" + BLANKS)
valid = st.text(organization_code.ALPHABET, min_size=8, max_size=8).map(
    lambda body: body + organization_code.check_character(body)
)
texts = st.one_of(
    st.none(),
    st.text(characters, max_size=11),
    st.text(organization_code.ALPHABET, min_size=9, max_size=9),
    valid,
    valid.map(lambda code: f" {code[:8]}-{code[8]}\n".lower()),
)


@given(st.lists(texts, max_size=40))
def test_agrees_with_the_reference_on_every_row(rows):
    frame = pl.DataFrame({"code": rows}, schema={"code": pl.String})

    answer = frame.with_columns(checks.normalized("code")).select(
        "code", reason=checks.reason("code")
    )

    normal = [
        None if text is None else organization_code.normalize(text) for text in rows
    ]
    assert answer["code"].to_list() == normal
    assert answer["reason"].to_list() == [
        None if text is None else organization_code.reason(text) for text in rows
    ]


def test_stands_a_column_of_nulls_without_a_type():
    frame = pl.DataFrame({"code": [None, None]})

    assert frame.select(checks.reason("code")).to_series().to_list() == [None, None]
