"""Every row ends in exactly one count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.submissions.findings import Severity
from xinheng.core.submissions.outcomes import Counts, FootingError, Outcome, decide

severities = st.lists(st.sampled_from(Severity), max_size=5)


class TestDecide:
    @given(severities, st.sampled_from([True, False, None]))
    def test_never_takes_a_row_with_an_error(self, found, linked):
        outcome = decide([*found, Severity.ERROR], linked=linked)

        assert outcome is Outcome.REJECTED

    @given(severities)
    def test_asks_a_person_before_it_says_unlinked(self, found):
        harmless = [each for each in found if each is not Severity.ERROR]

        outcome = decide([*harmless, Severity.QUESTION], linked=False)

        assert outcome is Outcome.QUESTIONABLE

    def test_takes_a_row_with_notices(self):
        assert decide([Severity.NOTICE], linked=True) is Outcome.ACCEPTED

    def test_keeps_an_unknown_organization_aside(self):
        assert decide([], linked=False) is Outcome.UNLINKED

    def test_has_no_unlinked_rows_without_a_register(self):
        assert decide([], linked=None) is Outcome.ACCEPTED


class TestCounts:
    @given(st.lists(st.integers(0, 1000), min_size=6, max_size=6))
    def test_add_up(self, six):
        counts = Counts(sum(six), *six)

        assert counts.accepted == sum(six[:3])

    def test_refuse_to_lose_a_row(self):
        with pytest.raises(FootingError):
            Counts(
                10,
                new=3,
                changed=0,
                unchanged=0,
                rejected=1,
                questionable=0,
                unlinked=5,
            )
