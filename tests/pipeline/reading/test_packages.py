"""Workbooks that would unpack to more than anyone can hold."""

from __future__ import annotations

import html
import io
import zipfile

import openpyxl
import pytest
from openpyxl.worksheet.datavalidation import DataValidation

from xinheng.pipeline.failures import UnreadableFileError
from xinheng.pipeline.reading import packages
from xinheng.pipeline.reading.sources import FileSource

SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def save(tmp_path):
    """Write a workbook of one cell, its sheet replaced or changed; return the path."""

    def write(sheet=None, *, change=lambda sheet: None):
        book, plain = openpyxl.Workbook(), io.BytesIO()
        book.worksheets[0]["A1"] = "x"
        change(book.worksheets[0])
        book.save(plain)
        path = tmp_path / "book.xlsx"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
            source = zipfile.ZipFile(plain)
            for name in source.namelist():
                is_replaced = name == SHEET and sheet is not None
                target.writestr(name, sheet if is_replaced else source.read(name))
        return path

    return write


def examine(path):
    return packages.examine(FileSource(path, path.name))


def refusal(path):
    with pytest.raises(UnreadableFileError) as raised:
        examine(path)
    return raised.value.code


class TestExamine:
    @pytest.mark.parametrize("cell", ["A1", "A1048576", "AF1048576", "XFD2048", "AA9"])
    def test_takes_what_can_be_laid_out(self, save, cell):
        examine(save(change=lambda sheet: put(sheet, cell)))

    @pytest.mark.parametrize("cell", ["AG1048576", "XFD2049", "AAA1048576"])
    def test_refuses_a_cell_far_away(self, save, cell):
        path = save(change=lambda sheet: put(sheet, cell))

        assert refusal(path) == "FILE_TOO_LARGE"

    def test_counts_rows_and_cells_that_do_not_say_where_they_are(
        self, save, monkeypatch
    ):
        monkeypatch.setattr(packages, "MOST_CELLS", 1000)
        rows = b"<worksheet><sheetData>" + b"<row><c><v>1</v></c></row>" * 500

        assert refusal(save(rows)) == "FILE_TOO_LARGE"

    def test_counts_tags_with_a_prefix(self, save, monkeypatch):
        monkeypatch.setattr(packages, "MOST_CELLS", 1000)
        rows = b"<x:row><x:c><x:v>1</x:v></x:c></x:row>" * 500
        sheet = b'<x:worksheet xmlns:x="x"><x:sheetData>' + rows

        assert refusal(save(sheet)) == "FILE_TOO_LARGE"

    def test_adds_up_the_sheets(self, save, monkeypatch):
        monkeypatch.setattr(packages, "MOST_CELLS", 100)
        path = save(change=lambda sheet: put(sheet.parent.create_sheet(), "A4"))

        assert refusal(path) == "FILE_TOO_LARGE"

    def test_finds_a_part_that_is_larger_than_it_says(self, save):
        path = save(b"<worksheet>" + b" " * 100_000)
        content = bytearray(path.read_bytes())
        place = content.rindex(SHEET.encode()) - 22  # its size in the central directory
        assert int.from_bytes(content[place : place + 4], "little") == 100_011
        content[place : place + 4] = (11).to_bytes(4, "little")
        path.write_bytes(content)

        assert refusal(path) == "FILE_DAMAGED"

    def test_reads_tags_that_two_pieces_share(self, save, monkeypatch):
        monkeypatch.setattr(packages, "_CHUNK_BYTES", 40)

        assert refusal(save(change=lambda sheet: put(sheet, "AG1048576"))) == (
            "FILE_TOO_LARGE"
        )


class TestTexts:
    """Whatever stands in a sheet beside its cells is handed on, to be screened."""

    @pytest.mark.parametrize(
        "change",
        [
            lambda sheet: setattr(sheet.oddFooter.left, "text", "示例"),
            lambda sheet: setattr(sheet.evenHeader.right, "text", "示例"),
            lambda sheet: sheet.__setitem__("B2", '=IF(A1=1,"","一段很长的示例文字")'),
            lambda sheet: sheet.parent.properties.__setattr__("keywords", "示例"),
            lambda sheet: sheet.__setattr__("title", "示例"),
            lambda sheet: sheet.add_data_validation(
                DataValidation(formula1='"甲"', prompt="示例", sqref="A1")
            ),
        ],
    )
    def test_are_all_that_is_no_cell(self, save, change):
        found = examine(save(change=change))

        # Some writers spell such signs as numbers.
        assert any("示例" in html.unescape(text) for text in found.texts)

    def test_hold_no_cells(self, save):
        found = examine(save(change=lambda sheet: put(sheet, "A2")))

        assert not any("<v>" in text or "<c " in text for text in found.texts)

    def test_have_a_bound(self, save, monkeypatch):
        monkeypatch.setattr(packages, "MOST_TEXT_BYTES", 10_000)
        sheet = b"<worksheet><sheetData/>" + b"<a>b</a>" * 5_000 + b"</worksheet>"

        assert refusal(save(sheet)) == "FILE_TOO_LARGE"

    def test_hold_no_entities(self, save):
        assert refusal(save(b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet/>')) == (
            "FILE_DAMAGED"
        )


def put(sheet, cell):
    sheet[cell] = "x"
