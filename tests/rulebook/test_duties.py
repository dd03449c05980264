"""The rules of duties, as data."""

from __future__ import annotations

from pathlib import Path

import pytest

from xinheng.core.catalog.datasets import Frequency
from xinheng.rulebook import catalog, duties
from xinheng.rulebook.failures import RulebookError

FILE = Path(duties.__file__).with_name("duties.toml")


class TestRules:
    def test_know_when_every_dataset_of_the_catalog_falls_due(self):
        for dataset in catalog.datasets():
            terms = duties.rules().terms_of(dataset)

            assert terms.frequency is dataset.frequency

    def test_ask_for_production_of_datasets_that_exist(self):
        names = {dataset.name for dataset in catalog.datasets()}

        assert set(duties.rules().production.datasets) <= names

    def test_set_no_working_days_of_their_own(self):
        with pytest.raises(ValueError, match="working days"):
            duties.rules().terms(Frequency.WORKING_DAYS, None)


class TestLoad:
    @pytest.mark.parametrize(
        ("right", "wrong"),
        [
            ("due_day = 10", "due_day = 31"),
            ("before_working_days = 3", "before_working_days = 0"),
            ("[yearly]", "[yearlong]"),
            ('verification = "practice"', 'verification = "rumor"'),
        ],
    )
    def test_refuses_what_could_not_be_applied(self, tmp_path, right, wrong):
        file = tmp_path / "duties.toml"
        file.write_text(FILE.read_text("utf-8").replace(right, wrong, 1), "utf-8")

        with pytest.raises(RulebookError):
            duties.load(file)
