from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.pipeline.cells.dates import EARLIEST, read_dates, read_periods

DAY = date(2019, 5, 1)


def read(*cells, is_workbook=False):
    return read_dates(pl.Series("day", cells, dtype=pl.String), is_workbook=is_workbook)


class TestReadDates:
    @pytest.mark.parametrize(
        "cell",
        [
            "2019-05-01",
            "2019-5-1",
            "2019/05/01",
            "2019/5/1",
            "2019年5月1日",
            "2019年05月01日",
            "2019.5.1",
            "2019.05.01",
            "2019 年 5 月 1 日",
            "２０１９年５月１日",
            "２０１９-05-01",
            "2019／5／1",
            "2019- 5- 1",
            "20190501",
            "2019-05-01 00:00:00",
            "2019/5/1 9:30",
            "2019-05-01T09:30:00.000",
        ],
    )
    def test_takes_what_can_be_read_in_one_way(self, cell):
        done = read(cell)

        assert done.values.to_list() == [DAY]
        assert done.flags == {}

    @pytest.mark.parametrize(
        "cell",
        [
            "2019.5",
            "05/01/2019",
            "1.5.2019",
            "2019 05 01",
            "2019.5-1",
            "2019-05/01",
            "2019-02-29",
            "2019-13-01",
            "+2019-05-01",
            "2019-05",
            "1899-12-31",
            "长期",
            "0219-05-01",
            "43586",
            "2019-05-01 x",
            "x",
        ],
    )
    def test_flags_everything_else(self, cell):
        done = read(cell, "2019-05-01", None)

        assert done.values.to_list() == [None, DAY, None]
        assert done.flags["DATE_FORMAT"].to_list() == [True, False, False]

    def test_keeps_the_open_end(self):
        assert read("2099-12-31").values.to_list() == [date(2099, 12, 31)]

    @pytest.mark.parametrize("cell", ["43586", "43586.75"])
    def test_takes_serial_dates_of_a_workbook(self, cell):
        assert read(cell, is_workbook=True).values.to_list() == [DAY]

    @given(st.dates(EARLIEST))
    def test_reads_back_every_day_in_every_form(self, day):
        forms = [
            day.isoformat(),
            f"{day:%Y/%m/%d}",
            f"{day.year}年{day.month}月{day.day}日",
            f"{day.year}.{day.month}.{day.day}",
            f"{day:%Y%m%d}",
        ]

        assert read(*forms).values.to_list() == [day] * 5


class TestReadPeriods:
    @pytest.mark.parametrize(
        "cell", ["2019-05", "2019-5", "201905", "2019/05", "2019年5月", "2019-05-01"]
    )
    def test_takes_months(self, cell):
        done = read_periods(pl.Series("period", [cell]))

        assert done.values.to_list() == ["2019-05"]

    @pytest.mark.parametrize("cell", ["2019-13", "2019-00", "20195", "5月", "2019"])
    def test_flags_everything_else(self, cell):
        done = read_periods(pl.Series("period", [cell]))

        assert done.flags["DATE_FORMAT"].to_list() == [True]
