"""The credit report's sections hold every class of the catalog, each once."""

from __future__ import annotations

from collections import Counter

from xinheng.core.catalog.datasets import SubjectKind
from xinheng.core.reports.kinds import Kind
from xinheng.rulebook import catalog, credit_report


class TestSections:
    def test_hold_every_dataset_about_organizations_once(self):
        listed = Counter(
            name for each in credit_report.rules().sections for name in each.datasets
        )
        wanted = {
            each.name
            for each in catalog.datasets()
            if each.subject is SubjectKind.ORGANIZATION and not each.draft
        }

        assert wanted <= set(listed)
        assert set(listed.values()) == {1}

    def test_show_lists_of_either_kind_once(self):
        lists = [each.lists for each in credit_report.rules().sections if each.lists]

        assert sorted(lists) == ["adverse", "favourable"]


class TestKinds:
    def test_are_all_told(self):
        assert set(credit_report.kinds()) == set(Kind)
