"""What is generated from the catalog."""

from __future__ import annotations

import csv
import io
import json
import warnings
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from xinheng.core.catalog.datasets import Dataset
from xinheng.core.catalog.fields import Personal
from xinheng.rulebook import catalog, exports

with warnings.catch_warnings():
    # The library's own imports are none of ours.
    warnings.simplefilter("ignore")
    import frictionless
    from frictionless import Resource, Schema, system

DATASETS = catalog.datasets()
DICTIONARY = Path(__file__).parents[2] / "docs" / "reference" / "data-dictionary.md"

each_dataset = pytest.mark.parametrize(
    "dataset", DATASETS, ids=lambda dataset: dataset.name
)


@pytest.fixture
def files_anywhere() -> Iterator[None]:
    """Let the library read a file of the test's own directory."""
    with system.use_context(trusted=True):
        yield


@each_dataset
class TestTableSchema:
    def test_is_valid(self, dataset: Dataset) -> None:
        schema = Schema.from_descriptor(exports.table_schema(dataset))

        report = frictionless.validate(schema.to_descriptor(), type="schema")

        assert report.valid, report.to_summary()

    def test_accepts_the_sample(
        self, dataset: Dataset, tmp_path: Path, files_anywhere: None
    ) -> None:
        sample = tmp_path / "sample.csv"
        sample.write_bytes(exports.sample_csv(dataset, rows=30))
        schema = Schema.from_descriptor(exports.table_schema(dataset))

        with Resource(path=str(sample), encoding="utf-8-sig", schema=schema) as file:
            report = file.validate()

        assert report.valid, report.to_summary()
        assert report.task.stats["rows"] == 30

    def test_refuses_a_row_without_what_is_required(
        self, dataset: Dataset, tmp_path: Path, files_anywhere: None
    ) -> None:
        sample = tmp_path / "sample.csv"
        text = exports.sample_csv(dataset, rows=1).decode("utf-8-sig")
        [header, row] = list(csv.reader(io.StringIO(text)))
        blank = ",".join([""] * (len(row) - 1) + ["示例"])
        sample.write_text(",".join(f'"{cell}"' for cell in header) + f"\n{blank}\n")
        schema = Schema.from_descriptor(exports.table_schema(dataset))

        with Resource(path=str(sample), schema=schema) as file:
            report = file.validate()

        assert not report.valid

    def test_is_ready_for_json(self, dataset: Dataset) -> None:
        schema = exports.table_schema(dataset)

        assert json.loads(json.dumps(schema)) == schema

    def test_names_the_columns_of_the_key(self, dataset: Dataset) -> None:
        schema = exports.table_schema(dataset)

        columns = {field["name"] for field in schema["fields"]}
        assert set(schema["primaryKey"]) <= columns


class TestConstraints:
    def test_of_a_penalty_say_what_the_catalog_says(self) -> None:
        schema = exports.table_schema(catalog.dataset("penalty"))
        fields = {field["xinheng:name"]: field for field in schema["fields"]}

        assert fields["subject_name"]["constraints"] == {
            "required": True,
            "maxLength": 200,
        }
        assert fields["fine_amount"]["constraints"] == {
            "minimum": 0,
            "maximum": 999999999999,
        }
        assert fields["decision_no"]["xinheng:code"] == "CF_WSH"
        assert (
            fields["subject_category"]["constraints"]["enum"][0] == "法人及非法人组织"
        )
        assert "enum" not in fields["penalty_types"]["constraints"]


@each_dataset
class TestTemplates:
    def test_hold_the_same_header_and_nothing_else(self, dataset: Dataset) -> None:
        text = exports.template_csv(dataset).decode("utf-8-sig")
        workbook = openpyxl.load_workbook(io.BytesIO(exports.template_xlsx(dataset)))
        form = workbook.worksheets[0]

        titles = [field.title for field in dataset.stored_fields]

        assert list(csv.reader(io.StringIO(text))) == [titles]
        assert [[cell.value for cell in row] for row in form.iter_rows()] == [titles]

    def test_have_no_column_about_persons(self, dataset: Dataset) -> None:
        personal = {field.title for field in dataset.fields if field.personal}
        workbook = openpyxl.load_workbook(io.BytesIO(exports.template_xlsx(dataset)))

        written = {
            cell.value
            for sheet in workbook.worksheets
            for row in sheet.iter_rows()
            for cell in row
        }

        assert not personal & written

    def test_are_the_same_bytes_on_every_call(self, dataset: Dataset) -> None:
        assert exports.template_xlsx(dataset) == exports.template_xlsx(dataset)

    def test_keep_codes_as_text(self, dataset: Dataset) -> None:
        workbook = openpyxl.load_workbook(io.BytesIO(exports.template_xlsx(dataset)))
        form = workbook.worksheets[0]

        for number, field in enumerate(dataset.stored_fields, start=1):
            letter = openpyxl.utils.get_column_letter(number)
            if field.name.endswith(("uscc", "_no", "org_code")):
                assert form.column_dimensions[letter].number_format == "@"


class TestWorkbook:
    def test_offers_the_values_of_a_code_list(self) -> None:
        template = exports.template_xlsx(catalog.dataset("permit"))
        workbook = openpyxl.load_workbook(io.BytesIO(template))
        [form, guide, lists] = workbook.worksheets
        offered = {
            str(rule.sqref): rule.formula1
            for rule in form.data_validations.dataValidation
        }

        assert (guide.title, lists.title) == ("填表说明", "代码表")
        assert offered["B2:B1048576"] == "'代码表'!$A$2:$A$4"
        values = [lists.cell(row, 1).value for row in range(1, 5)]
        assert values == ["行政相对人类别", "法人及非法人组织", "个体工商户", "自然人"]

    def test_explains_a_column_at_its_header(self) -> None:
        template = exports.template_xlsx(catalog.dataset("penalty"))
        form = openpyxl.load_workbook(io.BytesIO(template)).worksheets[0]

        comments = {cell.value: cell.comment.text for cell in form[1] if cell.comment}

        assert "罚款时必填" in comments["罚款金额（万元）"]
        assert "罚款2000元填0.2" in comments["罚款金额（万元）"]


class TestSampleCsv:
    def test_holds_as_many_rows_as_asked(self) -> None:
        text = exports.sample_csv(catalog.dataset("permit"), rows=7).decode("utf-8-sig")

        assert len(list(csv.DictReader(io.StringIO(text)))) == 7


class TestDataDictionary:
    def test_is_the_committed_file(self) -> None:
        committed = DICTIONARY.read_text("utf-8")

        assert committed == exports.data_dictionary(), (
            "run: python -m xinheng.rulebook.dictionary "
            "> docs/reference/data-dictionary.md"
        )

    @each_dataset
    def test_names_every_field(self, dataset: Dataset) -> None:
        text = exports.data_dictionary()
        _, _, section = text.partition(f"`{dataset.name}`\n")

        for field in dataset.fields:
            assert f"| {field.title} |" in section
            assert field.code is None or f"| {field.code} |" in section

    def test_tells_which_columns_are_never_stored(self) -> None:
        text = exports.data_dictionary()

        lines = [line for line in text.splitlines() if "| 法定代表人 |" in line]

        assert len(lines) == 2 + 3  # permits, penalties, three registrars
        assert all("never stored" in line for line in lines)
        assert (
            catalog.dataset("permit").field("legal_rep_name").personal is Personal.DROP
        )
