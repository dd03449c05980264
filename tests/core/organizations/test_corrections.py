"""What an answer to an issue must have, and what never passes on by itself."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.organizations import judgements
from xinheng.core.organizations.corrections import (
    Answer,
    Case,
    Fault,
    Flag,
    Subject,
    faults,
    may_decide,
)
from xinheng.core.organizations.issues import IssueKind
from xinheng.core.organizations.judgements import Entry, EntryKind, PairError
from xinheng.core.organizations.succession import Inheritance, inherited

ON = date(2019, 6, 5)
CLAIM = Case(IssueKind.DUP_CODE, "A", True, True, date(2019, 6, 1))
words = st.sampled_from(["a", "b", "c", ""])


class TestFaults:
    @pytest.mark.parametrize("day", [date(2019, 6, 6), date(2019, 5, 31)])
    def test_refuses_a_day_to_come_and_one_before_the_holder(self, day):
        given_ = Answer(Flag.DELETE, Subject.HOLDER, "", day, "文号")

        assert faults(given_, CLAIM, on=ON) == (Fault.DAY_WRONG,)

    def test_takes_an_older_day_for_the_claimant(self):
        given_ = Answer(Flag.DELETE, Subject.CLAIMANT, "", date(2019, 5, 1), "文号")

        assert faults(given_, CLAIM, on=ON) == ()


class TestMayDecide:
    @given(words, words, words)
    def test_only_another_person(self, who, first, second):
        answer = may_decide(who, assigned_by=first, proposed_by=second)

        assert answer is (who not in (first, second))


class TestInherited:
    @given(st.lists(st.builds(Inheritance, words, words, words, words)))
    def test_passes_on_what_a_person_decided_with_a_basis_and_nothing_else(
        self, given_
    ):
        found = inherited({"a", "b"}, {"c"}, given_)

        for listing, heir in found:
            assert any(
                (each.listing, each.heir) == (listing, heir)
                and each.decided_by
                and each.basis
                for each in given_
            )
            assert listing in {"a", "b"}
            assert heir == "c"

    def test_is_nothing_by_itself(self):
        assert inherited({"a"}, {"b"}, ()) == ()
        assert inherited({"a"}, {"b"}, [Inheritance("a", "b", "x", "y")]) == (
            ("a", "b"),
        )


class TestPair:
    @given(st.integers(1, 9), st.integers(1, 9), st.sampled_from(EntryKind))
    def test_is_the_same_whichever_comes_first(self, one, other, kind):
        first, second = Entry(kind, one), Entry(EntryKind.ISSUE, other)
        if first == second:
            with pytest.raises(PairError):
                judgements.pair(first, second)
        else:
            assert judgements.pair(first, second) == judgements.pair(second, first)

    @given(st.builds(Entry, st.sampled_from(EntryKind), st.integers(1, 10**18 - 1)))
    def test_reads_what_it_writes(self, entry):
        assert judgements.parse(str(entry)) == entry

    @pytest.mark.parametrize(
        "text", ["", "issue:", "issue:0", "issue:01", "unit:1", "issue:１", "issue:1:2"]
    )
    def test_reads_nothing_else(self, text):
        with pytest.raises(PairError):
            judgements.parse(text)
