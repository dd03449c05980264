"""Scores stay within their item, and what can't be counted costs nobody a point."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.assessments.test_schemes import item, scheme
from xinheng.core.assessments import scoring
from xinheng.core.assessments.schemes import Block, Input, Kind
from xinheng.core.assessments.scoring import Fact, Reason, Score, Total, Verdict

SHARE = Decimal("0.95")


def counted(kind, each):
    return item(points=6, kind=kind, each=Decimal(each), input=Input.CASES)


class TestScore:
    def test_gives_all_from_the_threshold_and_the_share_below_it(self):
        storage = item(points=6, full_at=SHARE)

        assert scoring.score(storage, Fact(95, 100)).points == 6
        assert scoring.score(storage, Fact(94, 100)).points == Decimal("5.64")

    def test_does_not_divide_by_zero_and_says_so(self):
        found = scoring.score(item(), Fact(0, 0))

        assert (found.points, found.reason) == (None, Reason.ZERO_DENOMINATOR)

    @pytest.mark.parametrize("fact", [None, Fact(None), Fact(3, None)])
    def test_knows_what_is_not_known(self, fact):
        found = scoring.score(item(), fact)

        assert (found.points, found.reason) == (None, Reason.NOT_KNOWN)

    def test_caps_what_is_counted_one_by_one(self):
        assert scoring.score(counted(Kind.PER_UNIT, "0.5"), Fact(3)).points == Decimal(
            "1.5"
        )
        assert scoring.score(counted(Kind.PER_UNIT, "0.5"), Fact(99)).points == 6
        assert scoring.score(counted(Kind.DEDUCT, "0.5"), Fact(99)).points == 0

    @given(st.integers(0, 10**6), st.integers(0, 10**6), st.sampled_from([1, 10**6]))
    def test_stays_within_the_item(self, numerator, more, each):
        kinds = [
            (item(points=6, full_at=SHARE), Fact(numerator, numerator + more)),
            (counted(Kind.PER_UNIT, each), Fact(numerator)),
            (counted(Kind.DEDUCT, each), Fact(numerator)),
        ]

        for scored_item, fact in kinds:
            points = scoring.score(scored_item, fact).points
            assert points is None or 0 <= points <= scored_item.points

    @given(st.integers(0, 1000), st.integers(1, 1000))
    def test_never_falls_with_a_larger_share(self, numerator, denominator):
        numerator = min(numerator, denominator - 1)
        one = scoring.score(item(full_at=SHARE), Fact(numerator, denominator))
        more = scoring.score(item(full_at=SHARE), Fact(numerator + 1, denominator))

        assert more.points >= one.points


class TestUnclaimed:
    def test_gives_nothing_and_takes_nothing(self):
        assert scoring.unclaimed(item(kind=Kind.MANUAL, input=None)).points == 0
        assert scoring.unclaimed(counted(Kind.DEDUCT, 1)).points == 6


def two_items():
    block = Block("data", "数据", "Data", Decimal(30), (item("a", 10), item("b", 20)))
    on_top = Block("bonus", "加", "Bonus", Decimal(5), (item("c", 5),), True)
    return scheme(block, on_top, bonus=5)


def given_points(points, of):
    return Score(None if points is None else Decimal(points), Decimal(of), Reason.GIVEN)


class TestTotal:
    def test_leaves_out_on_both_sides_what_can_not_be_counted(self):
        scores = {"a": given_points(9, 10), "b": given_points(None, 20)}

        found = scoring.total(two_items(), scores)

        assert (found.points, found.countable, found.left_out) == (9, 10, 1)
        assert found.share == Decimal("0.9")

    def test_puts_the_bonus_on_top(self):
        scores = {
            "a": given_points(10, 10),
            "b": given_points(20, 20),
            "c": given_points(5, 5),
        }

        assert scoring.total(two_items(), scores).share > 1

    def test_has_no_share_of_nothing(self):
        assert scoring.total(two_items(), {}).share is None


class TestVerdict:
    def test_follows_the_bounds(self):
        best = Total(Decimal(27), Decimal(0), Decimal(30), 0)
        worst = Total(Decimal(17), Decimal(0), Decimal(30), 0)

        assert scoring.verdict(two_items(), best) is Verdict.COMMENDED
        assert scoring.verdict(two_items(), worst) is Verdict.CRITICIZED

    def test_criticizes_whom_the_unknown_could_not_lift(self):
        lost = Total(Decimal(1), Decimal(0), Decimal(20), 1)  # 11 of 30 at best

        assert scoring.verdict(two_items(), lost) is Verdict.CRITICIZED

    def test_criticizes_nobody_for_what_is_unknown(self):
        partly = Total(Decimal(0), Decimal(0), Decimal(10), 1)  # 20 of 30 at best
        nothing = Total(Decimal(0), Decimal(0), Decimal(0), 2)

        assert scoring.verdict(two_items(), partly) is Verdict.NEITHER
        assert scoring.verdict(two_items(), nothing) is Verdict.NEITHER


class TestRanks:
    def test_gives_equal_shares_one_rank_and_nothing_to_the_unknown(self):
        totals = {
            "x": Total(Decimal(5), Decimal(0), Decimal(10), 0),
            "y": Total(Decimal(10), Decimal(0), Decimal(20), 0),
            "z": Total(Decimal(1), Decimal(0), Decimal(10), 0),
            "w": Total(Decimal(0), Decimal(0), Decimal(0), 3),
        }

        assert scoring.ranks(totals) == {"x": 1, "y": 1, "z": 3, "w": None}
