from __future__ import annotations

import polars as pl
import pytest

from xinheng.core.catalog.datasets import CodeList
from xinheng.pipeline.cells.choices import read_choices
from xinheng.rulebook import catalog

KINDS = CodeList(
    name="kinds",
    title="类别",
    values=("警告", "罚款", "没收甲、没收乙", "其他"),
    aliases=(("0", "警告"), ("1", "罚款"), ("10", "其他"), ("罚金", "罚款")),
    with_remark=("其他",),
)


def read(*cells, multiple=False):
    return read_choices(pl.Series("kind", cells), KINDS, multiple=multiple)


class TestReadChoices:
    @pytest.mark.parametrize(
        ("cell", "value"),
        [("罚款", "罚款"), ("罚金", "罚款"), ("1", "罚款"), ("其他-停业", "其他-停业")],
    )
    def test_gives_the_value_that_is_meant(self, cell, value):
        done = read(cell, None)

        assert done.values.to_list() == [value, None]
        assert done.flags == {}

    @pytest.mark.parametrize("cell", ["罚", "罚款 ", "警告;罚款", "2", "警告-甲", ".*"])
    def test_flags_everything_else(self, cell):
        done = read(cell, "罚款")

        assert done.values.to_list() == [None, "罚款"]
        assert done.flags["CODE_LIST"].to_list() == [True, False]

    @pytest.mark.parametrize(
        ("cell", "value"),
        [
            ("警告;罚款", "警告;罚款"),
            ("警告、罚款", "警告;罚款"),
            ("警告，罚金", "警告;罚款"),
            ("警告 ； 罚款", "警告;罚款"),
            ("罚款、没收甲、没收乙", "罚款;没收甲、没收乙"),
            ("0,10,1", "警告;其他;罚款"),
            ("罚款;罚金", "罚款"),
            ("其他-甲;罚款", "其他-甲;罚款"),
            ("罚款;", "罚款"),
        ],
    )
    def test_reads_several_values_in_one_cell(self, cell, value):
        assert read(cell, multiple=True).values.to_list() == [value]

    @pytest.mark.parametrize("cell", ["警告;没收甲", "警告罚款", ";警告", "警告;;罚款"])
    def test_flags_several_of_which_one_is_unknown(self, cell):
        assert read(cell, multiple=True).flags["CODE_LIST"].to_list() == [True]

    @pytest.mark.parametrize("code_list", catalog.code_lists().values(), ids=str)
    def test_knows_every_value_and_alias_of_the_rulebook(self, code_list):
        spellings = dict(code_list.aliases)
        cells = pl.Series("kind", [*code_list.values, *spellings], dtype=pl.String)

        for multiple in (False, True):
            done = read_choices(cells, code_list, multiple=multiple)
            assert done.values.to_list() == [*code_list.values, *spellings.values()]
