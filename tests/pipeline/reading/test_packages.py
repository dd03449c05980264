"""Workbooks that would unpack to more than anyone can hold."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest

from xinheng.pipeline.failures import UnreadableFileError
from xinheng.pipeline.reading import packages

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


def refusal(path):
    with pytest.raises(UnreadableFileError) as raised:
        packages.examine(path)
    return raised.value.code


class TestExamine:
    @pytest.mark.parametrize("cell", ["A1", "A1048576", "AF1048576", "XFD2048", "AA9"])
    def test_takes_what_can_be_laid_out(self, save, cell):
        packages.examine(save(change=lambda sheet: put(sheet, cell)))

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


def put(sheet, cell):
    sheet[cell] = "x"
