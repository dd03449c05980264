"""The column check says of every row what the reference says."""

from decimal import Decimal

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.submissions import amounts
from xinheng.pipeline.checks import amounts as checks

SCHEMA = {"text": pl.String, "amount": pl.Decimal(38, 6)}

sums = st.integers(0, 10**9).map(lambda cents: Decimal(cents) / 100)
stated = st.builds(
    "{}罚款{}{}{}元{}".format,
    st.sampled_from(["", "没收3000元，", "一", "¥1，", "2019年"]),
    st.sampled_from(["", "人民币", "二", "1,"]),
    sums,
    st.sampled_from(["", "万", "千", " "]),
    st.sampled_from(["", "整", "旦", "5角", "，每人", "及滞纳金10元"]),
)
written = st.text("罚款0123456789.,，零一二两十百千万亿元圆角分整旦￥每", max_size=20)
texts = st.one_of(st.none(), stated, written, st.text(max_size=10))


@st.composite
def rows(draw):
    text = draw(texts)
    near = sums.map(lambda yuan: yuan / 10_000)
    digits = "".join(sign for sign in text or "" if sign in "0123456789")[:9]
    own = st.just(Decimal(digits or 0) / 10_000)
    return text, draw(st.one_of(st.none(), near, own, own.map(lambda sum_: sum_ * 100)))


class TestDisagree:
    @given(st.lists(rows(), max_size=30))
    def test_agrees_with_the_reference_on_every_row(self, given_rows):
        frame = pl.DataFrame(given_rows, schema=SCHEMA, orient="row")

        answer = checks.disagree(frame, word="罚款", unit="万元")

        assert answer.to_list() == [
            text is not None
            and amount is not None
            and amounts.disagrees(text, amount, word="罚款", unit="万元")
            for text, amount in frame.iter_rows()
        ]

    def test_reads_a_column_in_yuan(self):
        frame = pl.DataFrame(
            {
                "text": ["罚款2000元", "罚款2000元"],
                "amount": [Decimal(2000), Decimal(1)],
            },
            schema=SCHEMA,
        )

        answer = checks.disagree(frame, word="罚款", unit="元")

        assert answer.to_list() == [False, True]
