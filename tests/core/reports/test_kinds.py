"""Who a report is for, and how long a consent may run."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from xinheng.core.catalog.datasets import DisclosureClass
from xinheng.core.disclosures.visibility import Audience, is_of_class
from xinheng.core.reports.kinds import (
    AUDIENCES,
    LONGEST_CONSENT_DAYS,
    Kind,
    is_consent_term,
)

TODAY = date(2026, 11, 2)


class TestAudiences:
    def test_name_one_for_each_kind(self):
        assert set(AUDIENCES) == set(Kind)

    @pytest.mark.parametrize("disclosure", DisclosureClass)
    def test_show_the_public_no_class_that_others_are_not_shown(self, disclosure):
        if is_of_class(disclosure, Audience.PUBLIC):
            assert all(is_of_class(disclosure, each) for each in AUDIENCES.values())

    def test_keep_counts_for_the_office_from_all_but_the_organization(self):
        shown = {
            kind
            for kind, audience in AUDIENCES.items()
            if is_of_class(DisclosureClass.INTERNAL, audience)
        }

        assert shown == {Kind.OWN}


class TestConsentTerm:
    @pytest.mark.parametrize(
        ("days", "is_one"),
        [(-1, False), (0, False), (1, True), (LONGEST_CONSENT_DAYS, True), (91, False)],
    )
    def test_is_a_day_to_three_months(self, days, is_one):
        ends = TODAY + timedelta(days=days)

        assert is_consent_term(given_on=TODAY, expires_on=ends) is is_one
