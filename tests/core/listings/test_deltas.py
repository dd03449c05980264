"""A whole list and the next one: added, removed, corrected, and nothing else."""

from __future__ import annotations

import csv
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.listings.deltas import diff

MONTHLY = Path("../shared/data/jp_labour_list_monthly_masked.csv")
KEY = ("管轄", "企業・事業場名称", "所在地", "公表日")
lists = st.dictionaries(st.integers(0, 8), st.sampled_from("abc"))


def applied(before, delta):
    kept = {key: body for key, body in before.items() if key not in delta.removed}
    return {**kept, **delta.corrected, **delta.added}


class TestDiff:
    def test_tells_additions_removals_and_corrections_apart(self):
        found = diff([("a", 1), ("b", 1), ("c", 1)], [("b", 2), ("c", 1), ("d", 1)])

        assert found.added == {"d": 1}
        assert found.removed == ("a",)
        assert found.corrected == {"b": 2}
        assert found.unchanged == 1

    def test_leaves_a_key_that_stands_twice_to_a_person(self):
        found = diff([("a", 1)], [("a", 1), ("a", 2)])

        assert found.unclear == {"a"}
        assert (found.added, found.removed, found.corrected) == ({}, (), {})

    @given(lists, lists)
    def test_leads_from_one_list_to_the_other(self, before, after):
        found = diff(before.items(), after.items())

        assert applied(before, found) == after
        counted = len(found.corrected) + found.unchanged + len(found.removed)
        assert counted == len(before)

    @given(lists)
    def test_finds_nothing_between_a_list_and_itself(self, same):
        found = diff(same.items(), same.items())

        assert (found.added, found.removed, found.corrected) == ({}, (), {})


def read_months():
    """Return each month's list as (key, body), the last day of each span in order."""
    found = defaultdict(list)
    with MONTHLY.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            key = tuple(row[name] for name in KEY)
            month = row["snapshot_file"].rpartition("_to_")[2]
            body = tuple(row[name] for name in ("違反法条", "事案概要"))
            found[month].append((key, body))
    return [found[month] for month in sorted(found)]


@pytest.mark.shared_data
@pytest.mark.skipif(not MONTHLY.exists(), reason="no shared data")
class TestMonthlyLists:
    def test_every_months_diff_leads_to_the_next_month(self):
        months = read_months()
        assert len(months) == 13

        for before, after in pairwise(months):
            found = diff(before, after)

            assert not found.unclear
            assert applied(dict(before), found) == dict(after)
            assert len(before) + len(found.added) - len(found.removed) == len(after)

    def test_agrees_with_sets_counted_apart(self):
        months = read_months()

        for before, after in pairwise(months):
            found = diff(before, after)

            earlier, later = {key for key, _ in before}, {key for key, _ in after}
            assert set(found.added) == later - earlier
            assert set(found.removed) == earlier - later
            changed = {key for key, _ in set(after) - set(before)} & earlier
            assert set(found.corrected) == changed
