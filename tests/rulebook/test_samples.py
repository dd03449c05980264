"""Sample rows, as far as the catalog alone can judge them.

That the whole check passes them is tested in `tests/pipeline/test_samples.py`.
"""

from __future__ import annotations

from datetime import date

import pytest

from xinheng.core.catalog.datasets import Dataset, SubjectKind
from xinheng.core.identifiers import uscc
from xinheng.core.screening import personal_id
from xinheng.rulebook import catalog, samples

DATASETS = catalog.datasets()
ADVERSE_LISTS = ("local_exclusion_list", "joint_restriction_case", "penalty")


def keys(dataset: Dataset, rows: list[dict[str, str]]) -> set[tuple[str, ...]]:
    titles = [dataset.field(name).title for name in dataset.natural_key]
    return {tuple(row[title] for title in titles) for row in rows}


def column(dataset: Dataset, rows: list[dict[str, str]], name: str) -> list[str]:
    return [row[dataset.field(name).title] for row in rows]


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda dataset: dataset.name)
class TestSampleRows:
    def test_hold_every_stored_column_and_none_about_persons(
        self, dataset: Dataset
    ) -> None:
        [row] = samples.sample_rows(dataset, rows=1)

        assert list(row) == [field.title for field in dataset.stored_fields]

    def test_fill_what_is_required_within_its_length(self, dataset: Dataset) -> None:
        for row in samples.sample_rows(dataset, rows=30):
            for field in dataset.stored_fields:
                assert row[field.title] or not field.required
                assert len(row[field.title]) <= (field.max_length or 10_000)

    def test_hold_no_personal_number(self, dataset: Dataset) -> None:
        for row in samples.sample_rows(dataset, rows=100):
            assert not [text for text in row.values() if personal_id.find(text)]

    def test_are_the_same_on_every_call(self, dataset: Dataset) -> None:
        first = samples.sample_rows(dataset, rows=5, seed=3)

        assert first == samples.sample_rows(dataset, rows=5, seed=3)

    def test_have_distinct_keys_across_units_seeds_and_months(
        self, dataset: Dataset
    ) -> None:
        if dataset.natural_key == (dataset.subject_code,):
            pytest.skip("a register has one row for an organization, whoever asks")
        batches = [
            samples.sample_rows(dataset, rows=40, seed=seed, month=month, unit=unit)
            for seed in (0, 1)
            for month in ("2019-04", "2019-05", "2020-05")
            for unit in catalog.units()[:2]
        ]

        found = [key for rows in batches for key in keys(dataset, rows)]

        assert len(found) == len(set(found)) == 2 * 3 * 2 * 40

    def test_are_decided_on_working_days_of_the_month(self, dataset: Dataset) -> None:
        assert dataset.decided_on is not None
        rows = samples.sample_rows(dataset, rows=20, month="2019-05")

        days = set(column(dataset, rows, dataset.decided_on))

        assert days == {f"2019-05-{day}" for day in (27, 28, 29, 30, 31)}

    def test_speak_of_fictional_organizations_alone(self, dataset: Dataset) -> None:
        if dataset.subject is not SubjectKind.ORGANIZATION:
            assert dataset.subject_code is None
            return
        assert dataset.subject_code is not None
        assert dataset.subject_name is not None
        pool = {found.code: found.name for found in samples.organizations(samples.POOL)}
        rows = samples.sample_rows(dataset, rows=200)

        for code, name in zip(
            column(dataset, rows, dataset.subject_code),
            column(dataset, rows, dataset.subject_name),
            strict=True,
        ):
            assert uscc.reason(code) is None
            assert pool[code] == name


class TestSubjects:
    def test_of_a_recognition_stand_in_no_adverse_record(self) -> None:
        recognized = catalog.dataset("local_recognition_list")
        rows = samples.sample_rows(recognized, rows=1608, unit=catalog.units()[12])
        good = set(column(recognized, rows, "uscc"))

        for name in ADVERSE_LISTS:
            adverse = catalog.dataset(name)
            rows = samples.sample_rows(adverse, rows=1477, unit=catalog.units()[3])
            assert not good & set(column(adverse, rows, "uscc"))

    def test_of_a_list_are_listed_once_and_are_no_sole_proprietors(self) -> None:
        exclusion = catalog.dataset("local_exclusion_list")

        codes = column(exclusion, samples.sample_rows(exclusion, rows=1477), "uscc")

        assert len(set(codes)) == 1477
        assert not [code for code in codes if code.startswith("92")]

    def test_carry_the_category_that_their_code_states(self) -> None:
        permit = catalog.dataset("permit")
        rows = samples.sample_rows(permit, rows=300)

        categories = column(permit, rows, "subject_category")
        codes = column(permit, rows, "uscc")

        found = {
            (code.startswith("92"), category)
            for code, category in zip(codes, categories, strict=True)
        }
        assert found == {(True, "个体工商户"), (False, "法人及非法人组织")}


class TestMonths:
    @pytest.mark.parametrize(
        ("month", "last"),
        [
            ("2019-02", "2019-02-28"),
            ("2020-02", "2020-02-28"),
            ("2019-12", "2019-12-31"),
        ],
    )
    def test_end_with_their_last_weekday(self, month: str, last: str) -> None:
        permit = catalog.dataset("permit")
        rows = samples.sample_rows(permit, rows=5, month=month)

        assert max(column(permit, rows, "decided_on")) == last

    def test_with_a_leap_day_end_a_year_later_on_the_28th(self) -> None:
        penalty = catalog.dataset("penalty")
        rows = samples.sample_rows(penalty, rows=5, month="2024-02")

        decided = column(penalty, rows, "decided_on")
        ends = column(penalty, rows, "penalty_valid_to")

        assert date.fromisoformat(max(decided)) == date(2024, 2, 29)
        assert max(ends) == "2025-02-28"
