"""Charts: the same bytes for the same counts, words as words, nothing fetched."""

from __future__ import annotations

from xinheng.pipeline import charts
from xinheng.pipeline.charts import Series

BARS = charts.bars([("税务局", 1609), ("法院", 2650)])
TREND = charts.trend(["2019-04", "2019-05"], [Series("及时率", (None, 0.5))])
HEAT = charts.heat(
    [("税务局", "2019-04", 0), ("税务局", "2019-05", 12)], bounds=(1, 10)
)


class TestSvg:
    def test_says_its_labels_as_text_and_loads_nothing(self):
        drawn = charts.svg(BARS).decode()

        assert ">税务局</text>" in drawn
        assert ">2,650</text>" in drawn
        assert "<script" not in drawn
        assert "href" not in drawn

    def test_is_the_same_again(self):
        for chart in (BARS, TREND, HEAT):
            assert charts.svg(chart) == charts.svg(chart)


class TestPng:
    def test_is_the_same_again(self):
        drawn = charts.png(BARS)

        assert drawn.startswith(b"\x89PNG")
        assert charts.png(BARS) == drawn
