"""Packages: cut to limits, what belongs together stays so, the same bytes again."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import groupby, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import exchange as made
from xinheng.core.exchange import packaging, rows
from xinheng.core.exchange.encoding import UnwritableError, decode
from xinheng.core.exchange.packaging import TooLargeRowError
from xinheng.core.exchange.profiles import Limits
from xinheng.core.exchange.rows import Act

NAMES = ("province-service", "province-message", "province-drop")


def limited(name: str, **limits: int):
    return replace(made.profile(name), limits=Limits(**limits))


def packages(profile, chosen):
    sheet = profile.sheet("permit")
    parts = packaging.split(packaging.order(chosen, sheet), sheet, profile)
    return [packaging.build(part, sheet, profile) for part in parts]


class TestSplit:
    @given(
        name=st.sampled_from(NAMES),
        count=st.integers(1, 40),
        most_rows=st.integers(1, 12),
        most_bytes=st.integers(4_000, 9_000),
    )
    @settings(max_examples=40)
    def test_keeps_every_row_once_and_within_the_limits(
        self, name, count, most_rows, most_bytes
    ):
        profile = limited(name, rows=most_rows, bytes=most_bytes)

        found = packages(profile, made.rows(count))

        left = [row.id for package in found for row in package.rows]
        assert sorted(left) == [row.id for row in made.rows(count)]
        assert all(len(each.rows) <= most_rows for each in found)
        assert all(len(each.data) <= most_bytes for each in found)

    def test_keeps_together_what_belongs_together(self):
        found = packages(limited("province-service", rows=7), made.rows(30))

        codes = [{row.values["uscc"] for row in each.rows} for each in found]
        for first, second in pairwise(codes):
            assert not first & second

    def test_cuts_what_belongs_together_where_it_does_not_fit(self):
        found = packages(limited("province-service", rows=2), made.rows(3))

        assert [len(each.rows) for each in found] == [2, 1]

    def test_names_a_row_that_is_too_large_alone(self):
        large = replace(
            made.row(0), values=made.row(0).values | {"permit_content": "长" * 2_000}
        )

        with pytest.raises(TooLargeRowError) as refused:
            packages(limited("province-service", bytes=4_000), [large, made.row(1)])

        assert refused.value.row.id == "r000000"


class TestBuild:
    @pytest.mark.parametrize("name", NAMES)
    def test_gives_the_same_bytes_whatever_the_order(self, name):
        chosen, profile = made.rows(20), limited(name, rows=6)
        mixed = chosen[:]
        random.Random(3).shuffle(mixed)

        assert [each.data for each in packages(profile, chosen)] == [
            each.data for each in packages(profile, mixed)
        ]

    @pytest.mark.parametrize("name", NAMES)
    def test_writes_what_can_be_read_back(self, name):
        profile = made.profile(name)
        (package,) = packages(profile, made.rows(5))

        read = decode(package.data, form=profile.form, encoding=profile.encoding)

        assert read.titles == profile.sheet("permit").titles
        assert read.cells == package.cells

    def test_names_another_package_when_a_version_differs(self):
        profile = made.profile()
        first, second = made.row(1), replace(made.row(1), version="2")

        assert packages(profile, [first])[0].id != packages(profile, [second])[0].id

    def test_writes_days_as_the_target_wants_them(self):
        profile = replace(made.profile(), date_format="%Y年%m月%d日")
        (package,) = packages(profile, [made.row(0)])

        assert "2019年01月01日" in package.cells[0]

    def test_tells_withdrawals_before_what_is_put(self):
        put, gone = made.row(1), made.row(1, act=Act.WITHDRAW)
        sheet = made.profile().sheet("permit")

        assert [row.act for row in packaging.order([put, gone], sheet)] == [
            Act.WITHDRAW,
            Act.PUT,
        ]

    def test_names_the_row_that_the_encoding_cannot_say(self):
        profile = replace(made.profile("province-drop"), encoding="ascii")
        sheet = profile.sheet("permit")

        with pytest.raises(UnwritableError):
            packaging.build(made.rows(2), sheet, profile)


class TestFaults:
    def test_names_what_the_target_is_known_to_refuse(self):
        bad = replace(made.row(1), values=made.row(1).values | {"decision_no": ""})

        assert ("R-REQ", "decision_no") in set(
            rows.faults(bad, made.profile().sheet("permit"))
        )

    def test_finds_nothing_in_a_whole_row(self):
        assert not list(rows.faults(made.row(1), made.profile().sheet("permit")))


def test_rows_of_one_organization_stand_side_by_side():
    ordered = packaging.order(made.rows(30), made.profile().sheet("permit"))

    codes = [code for code, _ in groupby(row.values["uscc"] for row in ordered)]
    assert len(codes) == len(set(codes))
