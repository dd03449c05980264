"""Bodies equal the canonical JSON of the core, character for character."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import polars as pl
from hypothesis import example, given
from hypothesis import strategies as st

from xinheng.core.catalog.fields import Field, FieldType
from xinheng.core.merkle import canonical
from xinheng.pipeline.bodies import bodies
from xinheng.rulebook import catalog

DATASET = replace(
    catalog.dataset("permit"),
    fields=(
        Field("zeta", "文", "text"),
        Field("amount", "额", "amount", type=FieldType.DECIMAL, decimal_places=6),
        Field("decided_on", "日", "day", type=FieldType.DATE),
    ),
)
SCHEMA = {
    "zeta": pl.String,
    "amount": pl.Decimal(38, 6),
    "decided_on": pl.Date,
}

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
amounts = st.decimals(-(10**12), 10**12, places=6, allow_nan=False)
rows = st.fixed_dictionaries(
    {
        "zeta": st.none() | texts,
        "amount": st.none() | amounts,
        "decided_on": st.none() | st.dates(date(1900, 1, 1)),
    }
)


def plain(amount: Decimal) -> str:
    text = f"{amount:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def expected(row) -> str:
    values = {
        "zeta": row["zeta"],
        "amount": None if row["amount"] is None else plain(row["amount"]),
        "decided_on": row["decided_on"] and row["decided_on"].isoformat(),
    }
    kept = {name: value for name, value in values.items() if value is not None}
    return canonical.text(kept)


class TestBodies:
    @given(st.lists(rows, min_size=1, max_size=5))
    @example(
        [
            {
                "zeta": '"\\\b\f\n\r\t\x00\x1f\x7f/\u2028😀',
                "amount": None,
                "decided_on": None,
            }
        ]
    )
    @example([{"zeta": None, "amount": Decimal("0.200000"), "decided_on": None}])
    @example([{"zeta": None, "amount": Decimal("-0.000000"), "decided_on": None}])
    @example([{"zeta": None, "amount": Decimal(1000), "decided_on": None}])
    @example([{"zeta": "", "amount": None, "decided_on": date(1900, 1, 1)}])
    def test_equal_the_canonical_text_of_the_core(self, given_rows):
        frame = pl.DataFrame(given_rows, schema=SCHEMA)

        written = bodies(frame, DATASET).to_list()

        assert written == [expected(row) for row in given_rows]

    def test_of_an_empty_row_is_an_empty_object(self):
        frame = pl.DataFrame([dict.fromkeys(SCHEMA)], schema=SCHEMA)

        assert bodies(frame, DATASET).to_list() == ["{}"]
