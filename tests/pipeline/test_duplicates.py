"""Rows of one file that repeat or contradict each other."""

from __future__ import annotations

from collections import Counter

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pipeline.conftest import accepted_rows, findings
from xinheng.pipeline import duplicates


class TestDuplicates:
    @pytest.fixture(params=[1, 2, 1000])
    def batch_rows(self, request):
        """So many rows at once: duplicates lie in one batch, or in several."""
        return request.param

    def test_rejects_the_second_and_later_of_identical_rows(
        self, check, rows, batch_rows
    ):
        report = check([*rows, rows[1], rows[0], rows[1]], batch_rows=batch_rows)

        assert findings(report) == [
            (4, "", "DUPLICATE_ROW"),
            (5, "", "DUPLICATE_ROW"),
            (6, "", "DUPLICATE_ROW"),
        ]
        assert accepted_rows(report) == [1, 2, 3]
        assert (report.accepted, report.rejected) == (3, 3)

    def test_rejects_all_rows_of_a_key_with_different_contents(
        self, check, rows, title, batch_rows
    ):
        other = {**rows[0], title("permit_content"): "别的内容"}

        report = check([*rows, other, rows[0]], batch_rows=batch_rows)

        assert findings(report) == [
            (1, "", "DUPLICATE_KEY"),
            (4, "", "DUPLICATE_KEY"),
            (5, "", "DUPLICATE_ROW"),
            (5, "", "DUPLICATE_KEY"),
        ]
        assert accepted_rows(report) == [2, 3]

    def test_counts_rejected_and_kept_rows_as_well(
        self, check, rows, title, batch_rows
    ):
        wrong = {**rows[0], title("permit_type"): "特别"}
        asked = {**rows[1], title("remark"): "110108000000016"}

        report = check([*rows, wrong, asked], batch_rows=batch_rows)

        assert report.findings["DUPLICATE_KEY"] == 4
        assert accepted_rows(report) == [3]
        assert (report.rejected, report.questionable) == (4, 0)

    def test_does_not_take_blank_keys_for_equal(self, check, rows, title):
        for row in rows:
            row[title("decision_no")] = ""

        assert check(rows).findings == {"REQUIRED": 3}


class TestFind:
    keys = st.lists(st.sampled_from("abcdefgh"), max_size=12)

    @given(keys, st.integers(1, 4))
    def test_names_the_later_of_equal_rows_in_parts_of_any_size(self, keys, part_rows):
        rows = pl.DataFrame(
            {"row": range(1, len(keys) + 1), "natural_key": keys, "content": keys},
            schema={"row": pl.UInt32, "natural_key": pl.String, "content": pl.String},
        )
        hashes = rows.select("row", key_hash=pl.col("natural_key").hash())
        seen: Counter[str] = Counter()
        expected = []
        for row, key in enumerate(keys, start=1):
            seen[key] += 1
            expected += [row] if seen[key] > 1 else []

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(duplicates, "_PART_ROWS", part_rows)
            found = duplicates.find(hashes.lazy(), [rows.lazy()], ["content"])

        assert found.repeating.to_list() == expected
        assert found.contradicting.to_list() == []
