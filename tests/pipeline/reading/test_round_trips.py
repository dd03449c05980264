"""A table reads the same in whatever format a clerk saves it."""

from __future__ import annotations

import csv
import io
import zipfile

import openpyxl
import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories.old_workbooks import Sheet, xls
from xinheng.pipeline.matching import Matcher
from xinheng.pipeline.reading import files
from xinheng.pipeline.reading.table import FLAWS, ROW
from xinheng.rulebook import catalog

MATCHER = Matcher(catalog.dataset("permit"))
HEADER = ["行政相对人名称", "行政许可决定文书号", "许可内容"]

# What no format changes: no line breaks, no outer blanks, nothing that a header is.
texts = st.text(
    st.sampled_from("甲乙丙ａ（〔0123456789abcXYZ.,;|\"'- "), max_size=12
).map(str.strip)
tables = st.lists(
    st.lists(texts, min_size=3, max_size=3).filter(any), min_size=1, max_size=6
)


def delimited(rows, delimiter, encoding):
    text = io.StringIO(newline="")
    quoted = csv.QUOTE_ALL if delimiter != "\t" else csv.QUOTE_MINIMAL
    csv.writer(text, delimiter=delimiter, quoting=quoted).writerows(rows)
    return text.getvalue().encode(encoding)


def xlsx(rows):
    book = openpyxl.Workbook()
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row, start=1):
            if cell:
                book.active.cell(number, column).value = cell
                book.active.cell(number, column).data_type = "s"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def archive(members):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return target.getvalue()


def written(rows):
    """Return the table in every format, by file name."""
    whole = [HEADER, *rows]
    half = len(rows) // 2
    halves = {
        "1.csv": delimited([HEADER, *rows[:half]], ",", "utf-8-sig"),
        "2.csv": delimited([HEADER, *rows[half:]], ";", "gb18030"),
    }
    return {
        "a.csv": delimited(whole, ",", "utf-8"),
        "b.csv": delimited(whole, ";", "gb18030"),
        "c.tsv": delimited(whole, "\t", "utf-16"),
        "d.txt": delimited(whole, "|", "utf-8-sig"),
        "e.xlsx": xlsx(whole),
        "f.xls": xls([Sheet("表", whole)]),
        "g.zip": archive(halves),
        "h.zip": archive({"x/y.xlsx": xlsx(whole)}),
    }


def read(path, name):
    for reading in files.readings(path, file_name=name):
        try:
            table = files.open_table(
                path, reading, MATCHER.count, batch_rows=2, file_name=name, is_form=True
            )
            frames = list(table.batches)
        except files.WrongEncodingError:
            continue
        assert table.header == tuple(HEADER)
        assert sum(part.rows for part in table.parts) == sum(map(len, frames))
        cells = pl.concat(frame.drop(FLAWS, strict=False) for frame in frames)
        assert cells[ROW].to_list() == list(range(1, cells.height + 1))
        assert cells["overflow"].null_count() == cells.height
        return [
            [(cell or "") for cell in row] for row in cells.select("0", "1", "2").rows()
        ]
    raise AssertionError(name)


class TestTables:
    @settings(
        max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(tables)
    def test_read_the_same_in_every_format(self, tmp_path, rows):
        for name, content in written(rows).items():
            path = tmp_path / name
            path.write_bytes(content)

            assert read(path, name) == rows, name
