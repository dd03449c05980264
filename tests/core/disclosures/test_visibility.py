"""Nothing adverse is public, and nothing that the catalog does not make public."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.catalog.datasets import (
    Dataset,
    DisclosureClass,
    Frequency,
    SubjectKind,
    Verification,
)
from xinheng.core.disclosures.visibility import Reason, visible_state

DAY = date(2019, 6, 15)
PERMIT = Dataset(
    name="permit",
    edition="2018",
    title="行政许可",
    title_en="Permits",
    subject=SubjectKind.ORGANIZATION,
    fields=(),
    natural_key=(),
    legal_basis=(),
    verification=Verification.PRACTICE,
    disclosure=DisclosureClass.PUBLIC,
    frequency=Frequency.WORKING_DAYS,
    effective_on=date(2018, 7, 1),
)


class TestVisibleState:
    def test_shows_a_public_record_of_the_past(self):
        assert visible_state(PERMIT, decided_on=DAY, on=DAY).public

    @given(st.dates())
    def test_never_shows_an_adverse_record(self, on):
        penalty = replace(PERMIT, name="penalty", adverse=True)

        state = visible_state(penalty, decided_on=DAY, on=on)

        assert (state.public, state.reason) == (False, Reason.ADVERSE)

    @pytest.mark.parametrize(
        "disclosure", [each for each in DisclosureClass if each != "public"]
    )
    def test_shows_only_what_the_catalog_makes_public(self, disclosure):
        shared = replace(PERMIT, disclosure=disclosure)

        assert visible_state(shared, decided_on=DAY, on=DAY).reason is Reason.CLASS

    def test_shows_no_counts_of_personal_items(self):
        counted = replace(PERMIT, subject=SubjectKind.COUNT)

        assert visible_state(counted, decided_on=None, on=DAY).reason is Reason.CLASS

    def test_waits_for_the_day_of_the_decision(self):
        state = visible_state(PERMIT, decided_on=date(2019, 6, 16), on=DAY)

        assert state.reason is Reason.NOT_YET

    def test_withholds_what_landed_under_an_open_hold(self):
        state = visible_state(PERMIT, decided_on=DAY, on=DAY, is_withheld=True)

        assert (state.public, state.reason) == (False, Reason.WITHHELD)

    @given(
        st.sampled_from(list(DisclosureClass)),
        st.booleans(),
        st.none() | st.dates(),
        st.dates(),
    )
    def test_shows_nothing_under_a_hold(self, disclosure, adverse, decided_on, on):
        dataset = replace(PERMIT, disclosure=disclosure, adverse=adverse)

        state = visible_state(dataset, decided_on=decided_on, on=on, is_withheld=True)

        assert not state.public
