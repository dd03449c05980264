"""The rule sets of periods.toml: side by side, whole, and each with its source."""

from __future__ import annotations

from datetime import date

import pytest

from xinheng.core.disclosures.facts import Severity, Trait
from xinheng.rulebook import catalog, periods
from xinheng.rulebook.failures import RulebookError

FILE = "periods.toml"


@pytest.fixture
def written(tmp_path):
    from importlib.resources import files

    text = (files("xinheng.rulebook") / FILE).read_text("utf-8")

    def write(old, new):
        assert old in text
        path = tmp_path / FILE
        path.write_text(text.replace(old, new, 1), "utf-8")
        return path

    return write


class TestRules:
    def test_hold_the_four_sets_by_the_days_they_are_in_force(self):
        sets = {each.name: each for each in periods.rules().periods.rule_sets}

        assert list(sets) == ["A", "B", "D", "C"]
        assert sets["B"].effective_on == sets["A"].expires_on == date(2023, 5, 1)
        assert sets["C"].effective_on == sets["B"].expires_on == date(2026, 4, 1)

    def test_name_fields_and_kinds_that_the_catalog_has(self):
        said = periods.rules()
        kinds = said.classification

        for name, columns in said.datasets.items():
            item = catalog.dataset(name)
            assert item.field(columns.types).code_list == "penalty_type"
            assert item.field(columns.declared_until)
        listed = {*kinds.serious, *kinds.ordinary, *kinds.warning, *kinds.criticism}
        assert listed <= set(catalog.code_lists()["penalty_type"].values)

    def test_name_a_source_for_every_class(self):
        for rule_set in periods.rules().periods.rule_sets:
            assert all(term.source for term in rule_set.terms)

    def test_publish_no_minor_conduct_since_april_2026(self):
        newest = periods.rules().periods.rule_sets[-1]

        published = {term.severity: term.published for term in newest.terms}
        assert published == {
            Severity.MINOR: False,
            Severity.ORDINARY: True,
            Severity.SERIOUS: True,
        }
        assert Trait.SUMMARY_PROCEDURE in newest.never_published


class TestLoad:
    @pytest.mark.parametrize(
        ("old", "new", "problem"),
        [
            ("expires_on = 2023-05-01", "expires_on = 2023-05-02", "still in force"),
            ("min_months = 6, max", "min_months = 60, max", "min_months <= max"),
            ("within_days = 3", "within_hours = 3", "not a known key"),
            ('severity = "serious"', 'severity = "grave"', "none of minor"),
        ],
    )
    def test_names_what_cannot_stand(self, written, old, new, problem):
        with pytest.raises(RulebookError, match=problem):
            periods.load(written(old, new))

    def test_lets_unverified_classes_by_kind_lengthen_nothing(self, written):
        doubted = periods.load(
            written(
                'verification = "verified" # otherwise', 'verification = "practice" #'
            )
        )

        assert doubted.classification.severity(["责令停产停业"]) is None
        assert doubted.classification.severity(["警告"]) is Severity.MINOR
