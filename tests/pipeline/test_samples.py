"""The samples of the rulebook pass the whole check, in every form that is handed in."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from xinheng.core.catalog.datasets import Dataset
from xinheng.pipeline import context, run
from xinheng.pipeline.report import Report
from xinheng.rulebook import catalog, exports, samples

# A working day on which none of the decisions of May 2019 in the samples is late.
ON = date(2019, 6, 3)
ROWS = 50
# The division of the fictional city is in no list, and the check says so.
FICTION = {"USCC_DIVISION"}

each_dataset = pytest.mark.parametrize(
    "dataset", catalog.datasets(), ids=lambda dataset: dataset.name
)


def check(source: Path, dataset: Dataset) -> Report:
    out = source.parent / "out"
    out.mkdir()
    return run.check(source, dataset=dataset, context=context.standard(ON), out=out)


@each_dataset
class TestSamples:
    def test_pass_as_csv(self, dataset: Dataset, tmp_path: Path) -> None:
        source = tmp_path / "sample.csv"
        source.write_bytes(exports.sample_csv(dataset, rows=ROWS))

        report = check(source, dataset)

        assert (report.rows_read, report.accepted) == (ROWS, ROWS)
        assert set(report.findings) <= FICTION
        assert report.ignored_columns == ()
        assert not report.personal_data

    def test_pass_in_the_template(self, dataset: Dataset, tmp_path: Path) -> None:
        workbook = openpyxl.load_workbook(io.BytesIO(exports.template_xlsx(dataset)))
        for row in samples.sample_rows(dataset, rows=ROWS):
            workbook.worksheets[0].append(list(row.values()))
        source = tmp_path / "sample.xlsx"
        workbook.save(source)

        report = check(source, dataset)

        assert (report.rows_read, report.accepted) == (ROWS, ROWS)
        assert set(report.findings) <= FICTION


class TestOlderForms:
    @pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
    def test_pass_in_older_encodings(self, encoding: str, tmp_path: Path) -> None:
        permit = catalog.dataset("permit")
        text = exports.sample_csv(permit, rows=ROWS).decode("utf-8-sig")
        source = tmp_path / "sample.csv"
        source.write_bytes(text.encode(encoding))

        assert check(source, permit).accepted == ROWS

    @pytest.mark.parametrize("name", ["permit", "penalty"])
    def test_pass_under_the_national_codes(self, name: str, tmp_path: Path) -> None:
        dataset = catalog.dataset(name)
        header, *rows = (
            exports.sample_csv(dataset, rows=ROWS).decode("utf-8-sig").splitlines()
        )
        codes = ",".join(field.code or "" for field in dataset.stored_fields)
        source = tmp_path / "sample.csv"
        source.write_text("\n".join([codes.lower(), *rows]), "utf-8")

        report = check(source, dataset)

        assert len(header.split(",")) == len(codes.split(","))
        assert report.accepted == ROWS
        assert report.ignored_columns == ()
