from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.apps.accounts.mandates import (
    ADMINISTRATOR,
    CLERK,
    CREDIT_OFFICE,
    LISTING_AUTHORITY,
    Reason,
    Term,
    find_deputy_fault,
    find_fault,
)

DAY = date(2019, 5, 1)
days = st.integers(0, 8).map(lambda count: DAY + timedelta(days=count))


@st.composite
def terms(draw: st.DrawFn) -> Term:
    begins = draw(days)
    ends = draw(st.none() | st.integers(0, 6))
    expires_on = None if ends is None else begins + timedelta(days=ends)
    return Term(CREDIT_OFFICE, None, begins, expires_on)


def days_of(term: Term) -> set[date]:
    window = {DAY + timedelta(days=count) for count in range(20)}
    return {
        on
        for on in window
        if term.effective_on <= on and (term.expires_on is None or on < term.expires_on)
    }


def term(
    role: str = CLERK,
    unit: str | None = "a",
    *,
    begins: date = DAY,
    ends: date | None = None,
) -> Term:
    return Term(role, unit, begins, ends)


class TestOverlaps:
    @given(terms(), terms())
    def test_agrees_with_the_days_themselves(self, one: Term, other: Term):
        assert one.overlaps(other) is bool(days_of(one) & days_of(other))


class TestCovers:
    @given(terms(), terms())
    def test_agrees_with_the_days_themselves(self, one: Term, other: Term):
        if one.covers(other):
            assert days_of(other) <= days_of(one)

    @given(terms())
    def test_covers_itself(self, one: Term):
        assert one.covers(one)

    def test_leaves_out_what_begins_earlier(self):
        assert not term(begins=DAY).covers(term(begins=DAY - timedelta(days=1)))

    def test_leaves_out_what_ends_later_or_never(self):
        ended = term(ends=DAY + timedelta(days=5))

        assert not ended.covers(term(ends=DAY + timedelta(days=6)))
        assert not ended.covers(term())


class TestFindFault:
    @pytest.mark.parametrize(
        ("wanted", "reason"),
        [
            (term("EMPEROR", None), Reason.ROLE),
            (term(CLERK, None), Reason.UNIT),
            (term(LISTING_AUTHORITY, None), Reason.UNIT),
            (term(LISTING_AUTHORITY, "a"), None),
            (term(CREDIT_OFFICE, "a"), Reason.UNIT),
            (term(ADMINISTRATOR, "a"), Reason.UNIT),
            (term(ends=DAY), Reason.PERIOD),
            (term(ends=DAY + timedelta(days=1)), None),
            (term(), None),
        ],
    )
    def test_judges_the_term_itself(self, wanted: Term, reason: Reason | None):
        assert find_fault(wanted, held=[]) is reason

    def test_refuses_the_same_on_the_same_days(self):
        assert find_fault(term(), held=[term()]) is Reason.OVERLAP

    def test_accepts_the_same_on_later_days(self):
        former = term(ends=DAY + timedelta(days=5))

        assert find_fault(term(begins=DAY + timedelta(days=5)), held=[former]) is None

    def test_accepts_another_unit(self):
        assert find_fault(term(unit="b"), held=[term(unit="a")]) is None

    @pytest.mark.parametrize(
        ("wanted", "held"),
        [(ADMINISTRATOR, CREDIT_OFFICE), (CREDIT_OFFICE, ADMINISTRATOR)],
    )
    def test_separates_deciding_from_administering(self, wanted: str, held: str):
        fault = find_fault(term(wanted, None), held=[term(held, None)])

        assert fault is Reason.SEPARATION

    def test_allows_the_two_one_after_the_other(self):
        former = term(CREDIT_OFFICE, None, ends=DAY + timedelta(days=5))
        wanted = term(ADMINISTRATOR, None, begins=DAY + timedelta(days=5))

        assert find_fault(wanted, held=[former]) is None

    def test_ignores_a_mandate_that_was_taken_back_on_its_first_day(self):
        taken_back = term(CREDIT_OFFICE, None, begins=DAY, ends=DAY)

        assert find_fault(term(ADMINISTRATOR, None), held=[taken_back]) is None


class TestFindDeputyFault:
    principal = term(ends=DAY + timedelta(days=10))

    @pytest.mark.parametrize(
        ("wanted", "reason"),
        [
            (term(ends=DAY + timedelta(days=10)), None),
            (term(ends=DAY + timedelta(days=11)), Reason.DEPUTY_EXCEEDS),
            (
                term(begins=DAY - timedelta(days=1), ends=DAY + timedelta(days=1)),
                Reason.DEPUTY_EXCEEDS,
            ),
            (term(unit="b", ends=DAY + timedelta(days=1)), Reason.DEPUTY_EXCEEDS),
            (
                term(CREDIT_OFFICE, None, ends=DAY + timedelta(days=1)),
                Reason.DEPUTY_EXCEEDS,
            ),
            (term(), Reason.DEPUTY_WITHOUT_END),
        ],
    )
    def test_holds_no_more_than_the_principal(
        self, wanted: Term, reason: Reason | None
    ):
        assert find_deputy_fault(wanted, principal=self.principal) is reason
