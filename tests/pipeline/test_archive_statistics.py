"""Counts from files of accepted rows, against the same rules in plain Python."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.pipeline import archive_statistics
from xinheng.pipeline.archive_statistics import Part
from xinheng.rulebook import catalog

ITEM = catalog.dataset("permit")
COLUMN = ITEM.decided_on
MONTHS = ("2019-04", "2019-05")
DAYS = st.sampled_from((date(2019, 4, 30), date(2019, 5, 1), None))
FILE = st.tuples(
    st.sampled_from(("U01", "U02")),
    st.sampled_from((*MONTHS, None)),
    st.lists(st.tuples(st.sampled_from("abcdef"), DAYS), max_size=4),
)


def write(folder: Path, told) -> list[Part]:
    parts = []
    for seq, (unit, period, rows) in enumerate(told):
        frame = pl.DataFrame(
            {
                "row": pl.Series(range(1, len(rows) + 1), dtype=pl.UInt32),
                "natural_key": pl.Series([key for key, _ in rows], dtype=pl.String),
                COLUMN: pl.Series([day for _, day in rows], dtype=pl.Date),
            }
        )
        path = folder / f"{seq}.parquet"
        frame.write_parquet(path)
        parts.append(Part(path, unit, "permit", period, "2019-06", seq))
    return parts


def by_hand(told) -> dict[tuple[str, str, str], int]:
    """Return the counts by the rules, row by row."""
    months: dict[str, str] = {}
    units: dict[str, str] = {}
    for unit, period, rows in told:
        for key, day in rows:
            own = f"{day:%Y-%m}" if day else "2019-06"
            months.setdefault(key, period or own)
            units[key] = unit
    return dict(Counter((units[key], "permit", months[key]) for key in months))


class TestCount:
    @settings(max_examples=25)
    @given(st.lists(FILE, min_size=1, max_size=4))
    def test_counts_as_the_rules_say(self, tmp_path_factory, told):
        folder = tmp_path_factory.mktemp("archive")

        counted = archive_statistics.count(write(folder, told), {"permit": ITEM})

        assert counted == by_hand(told)

    def test_counts_nothing_without_files(self):
        assert archive_statistics.count([], {}) == {}
