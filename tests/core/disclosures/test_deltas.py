"""full(t0) + deltas == full(t1), also after rows were withdrawn from older deltas."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.disclosures.deltas import Change, Op, apply, compare, forget

KEYS = st.sampled_from("abcdef")
ROWS = st.dictionaries(KEYS, st.tuples(st.text(max_size=3), st.text(max_size=3)))


class TestCompare:
    def test_puts_new_and_changed_rows_and_deletes_what_went(self):
        before = {"a": ("1",), "b": ("2",), "c": ("3",)}
        after = {"b": ("2",), "c": ("4",), "d": ("5",)}

        assert list(compare(before, after)) == [
            Change(Op.DELETE, "a", ()),
            Change(Op.PUT, "c", ("4",)),
            Change(Op.PUT, "d", ("5",)),
        ]

    @given(ROWS)
    def test_of_equal_rows_is_empty(self, rows):
        assert list(compare(rows, dict(rows))) == []


class TestApply:
    @given(ROWS, st.lists(ROWS, min_size=1, max_size=5))
    def test_turns_the_first_issue_into_the_last(self, first, later):
        issues = [first, *later]
        deltas = [list(compare(*pair)) for pair in pairwise(issues)]

        rows = first
        for delta in deltas:
            rows = apply(rows, delta)

        assert rows == issues[-1]

    @given(st.lists(ROWS, min_size=2, max_size=6))
    def test_does_so_without_the_content_of_withdrawn_rows(self, issues):
        deltas = [list(compare(*pair)) for pair in pairwise(issues)]
        gone = {key for issue in issues for key in issue} - set(issues[-1])
        kept = [forget(delta, gone) for delta in deltas]

        rows = issues[0]
        for delta in kept:
            rows = apply(rows, delta)

        assert rows == issues[-1]
        assert not any(
            change.key in gone and change.cells for delta in kept for change in delta
        )
