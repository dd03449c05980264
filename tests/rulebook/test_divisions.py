"""The divisions that were ever in use, against the ministry's revisions."""

import csv
from pathlib import Path

import pytest

from xinheng.rulebook import divisions

HISTORY = (
    Path(__file__).parents[3] / "shared" / "data" / "gb2260_history_1980_201904.csv"
)


class TestLoad:
    @pytest.mark.parametrize("code", ["210000", "210800", "210881", "110000", "110103"])
    def test_knows_divisions_in_use_and_merged_ones(self, code):
        assert code in divisions.load()

    @pytest.mark.parametrize("code", ["210899", "000000", "990000", "21", ""])
    def test_does_not_know_the_fictional_one_nor_nonsense(self, code):
        assert code not in divisions.load()

    def test_holds_six_digits_each(self):
        assert all(len(code) == 6 and code.isdigit() for code in divisions.load())

    @pytest.mark.shared_data
    def test_covers_the_ministrys_revisions(self):
        if not HISTORY.exists():
            pytest.skip("../shared/data is absent")
        with HISTORY.open(encoding="utf-8-sig", newline="") as file:
            listed = list(csv.DictReader(file))
        latest = {row["code"] for row in listed if row["in_latest"] == "1"}
        ever = {row["code"] for row in listed}

        # What is missing was merged in the eighties, or is younger than the library.
        assert len(ever & divisions.load()) / len(ever) > 0.95
        assert len(latest & divisions.load()) / len(latest) > 0.99
