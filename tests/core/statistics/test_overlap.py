"""Columns that count the same organizations, and how many distinct ones there are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.statistics import overlap
from xinheng.core.statistics.overlap import Shared

COLUMNS = ("training", "corrected", "attended", "reminded", "repaired", "exit")


def of(pairs):
    return overlap.find(overlap.patterns(pairs), order=COLUMNS)


class TestFind:
    def test_shows_the_same_sixteen_firms_in_five_columns_as_sixteen(self):
        """The unit of the printed table: five columns of 16, seven in a sixth."""
        firms = [f"firm {number}" for number in range(16)]
        pairs = [("u2", column, firm) for column in COLUMNS[:5] for firm in firms]
        pairs += [("u2", "exit", firm) for firm in firms[:7]]

        (found,) = of(pairs)

        assert found.distinct == 16
        assert dict(found.by_column) == {**dict.fromkeys(COLUMNS[:5], 16), "exit": 7}
        assert found.shared[0] == Shared(COLUMNS[:5], 16)
        assert Shared(COLUMNS, 7) in found.shared
        assert found.repeated == 4 * 16 + 7

    def test_leaves_out_units_whose_columns_share_nothing(self):
        assert of([("u1", "training", "a"), ("u1", "exit", "b")]) == ()

    def test_tells_units_apart(self):
        assert of([("u1", "training", "a"), ("u2", "exit", "a")]) == ()

    @given(
        st.lists(
            st.tuples(st.just("u"), st.sampled_from(COLUMNS), st.sampled_from("abcdef"))
        )
    )
    def test_counts_each_organization_once(self, pairs):
        organizations = {organization for _, _, organization in pairs}
        once = set(pairs)

        found = of(pairs)

        assert bool(found) is (len(once) > len(organizations))
        for each in found:
            assert each.distinct == len(organizations)
            assert sum(count for _, count in each.by_column) == len(once)
            for shared in each.shared:
                members = [
                    {org for _, column, org in once if column == name}
                    for name in shared.columns
                ]
                assert len(set.intersection(*members)) == shared.organizations
