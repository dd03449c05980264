from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.catalog.fields import Field, FieldType
from xinheng.pipeline.cells.numbers import read_decimals, read_integers

AMOUNT = Field("amount", "额", "amount", type=FieldType.DECIMAL, decimal_places=6)


def decimals(*cells):
    return read_decimals(pl.Series("amount", cells, dtype=pl.String), AMOUNT)


class TestReadDecimals:
    @given(st.decimals(-(10**17), 10**17, places=6, allow_nan=False))
    def test_reads_back_every_amount_exactly(self, amount):
        assert decimals(f"{amount:f}").values.to_list() == [amount]

    @pytest.mark.parametrize(
        "cell", ["1,000", "1e5", "0.1234567", "５", "2000元", ".5", "5.", "1 000", "٣"]
    )
    def test_flags_everything_else(self, cell):
        done = decimals(cell, None, "0.2")

        assert done.values.to_list() == [None, None, Decimal("0.2")]
        assert done.flags["NUMBER_FORMAT"].to_list() == [True, False, False]


class TestReadIntegers:
    def test_takes_digits_alone(self):
        done = read_integers(pl.Series("count", ["12", "-3", "1.0", "", None]))

        assert done.values.to_list() == [12, -3, None, None, None]
        assert done.flags["NUMBER_FORMAT"].to_list() == [
            False,
            False,
            True,
            True,
            False,
        ]
