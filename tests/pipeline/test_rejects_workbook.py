"""The workbook to mend: only the rejected rows, marked, and nothing about persons."""

from __future__ import annotations

import io
import re
import zipfile

import openpyxl
import polars as pl
import pytest

from tests.pipeline.reading import conftest as reading
from xinheng.pipeline import rejected_rows, rejects_workbook, run
from xinheng.pipeline.rejects_workbook import Kind, Source
from xinheng.rulebook import catalog

PERSON = "11010519491231002X"
# A spreadsheet has rounded it off, so nothing can be checked any more.
PERHAPS_PERSON = "210802199001011000"


@pytest.fixture
def rejected(permit, surroundings, write, tmp_path):
    """Check rows, or a file, and return the kept rows' path and the report."""

    def make(content, **options):
        path = write(content) if isinstance(content, list) else content
        out = tmp_path / "checked"
        report = run.check(
            path, dataset=permit, context=surroundings, out=out, **options
        )
        kept = out / "rejects.parquet"
        is_kept = rejected_rows.keep(path, report, kept, dataset=permit)
        return (kept if is_kept else None), report

    return make


@pytest.fixture
def workbook(rejected, permit):
    def make(content, *, language="zh-hans", kind=Kind.REJECTED, **options):
        kept, report = rejected(content, **options)
        source = Source(
            rows=kept,
            findings=report.findings_path,
            headers=report.matched_columns,
            parts=report.parts,
            count=report.rejected if kind is Kind.REJECTED else report.questionable,
            kind=kind,
        )
        return rejects_workbook.as_xlsx(
            source,
            dataset=permit,
            rules=catalog.rules(),
            code_lists=catalog.code_lists(),
            language=language,
        )

    return make


@pytest.fixture
def titled(tmp_path):
    """Write rows as a workbook with other rows above its header."""

    def make(rows, *above):
        return reading.save(reading.workbook(rows, above=above), tmp_path)

    return make


def opened(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def cell(book, row, header):
    sheet = book.worksheets[0]
    column = [each.value for each in sheet[1]].index(header) + 1
    return sheet.cell(row, column)


class TestKeep:
    def test_keeps_nothing_where_no_row_is_rejected(self, rejected, rows):
        kept, _ = rejected(rows)

        assert kept is None

    def test_keeps_the_header_and_the_rejected_rows(self, rejected, rows, title):
        rows[1][title("permit_type")] = "特别"

        kept, _ = rejected(rows)

        frame = pl.read_parquet(kept)
        assert frame["row"].to_list() == [0, 2]
        assert frame.row(0)[1:] == tuple(rows[0])
        assert "特别" in frame.row(1)

    @pytest.mark.parametrize(
        "column",
        ["备注", "许可内容", "行政相对人代码_4(税务登记号)", "经办人", "法定代表人"],
    )
    @pytest.mark.parametrize("number", [PERSON, f"证{PERSON}号", "210899199001010012"])
    def test_keeps_no_persons_number(self, rejected, rows, title, column, number):
        for row in rows:
            row.setdefault(column, "")
        rows[1][column] = number
        rows[1][title("permit_type")] = "特别"

        kept, report = rejected(rows)

        assert report.personal_data
        assert number not in pl.read_parquet(kept).write_csv()
        assert number.encode() not in kept.read_bytes()

    def test_keeps_no_party_beside_a_persons_number(self, rejected, rows, title):
        rows[1][title("subject_name")] = "某某某"
        rows[1][title("uscc")] = PERSON

        kept, _ = rejected(rows)

        assert "某某某" not in pl.read_parquet(kept).write_csv()

    @pytest.mark.parametrize(
        "number",
        [
            "110105491231002",  # of the old form; passes as a registration number
            "110105194912310021",  # a wrong check character
            "11010519491231002",  # a sign is missing
            "11010519491231OO2X",  # letters for digits
            "110,105,194,912,310,02X",
        ],
    )
    def test_keeps_no_mistyped_number_in_place_of_a_code(
        self, rejected, rows, title, number
    ):
        rows[1][title("subject_name")] = "某某某"
        rows[1][title("uscc")] = number

        kept, report = rejected(rows)

        text = pl.read_parquet(kept).write_csv()
        assert number not in text
        assert "某某某" not in text
        assert pl.read_parquet(report.rejected_path).is_empty()

    def test_leaves_out_rows_about_natural_persons(self, rejected, rows, title):
        rows[0][title("subject_category")] = "自然人"
        rows[1][title("permit_type")] = "特别"

        kept, _ = rejected(rows)

        assert pl.read_parquet(kept)["row"].to_list() == [0, 2]

    def test_keeps_no_column_that_is_not_taken(self, rejected, rows, title):
        for row in rows:
            row |= {"法定代表人": "某某某", "联系电话": "13800000000"}
        rows[1][title("permit_type")] = "特别"

        kept, _ = rejected(rows)

        text = pl.read_parquet(kept).write_csv()
        assert "联系电话" in text
        assert "13800000000" not in text
        assert "某某某" not in text

    def test_keeps_the_first_rows_only(self, rejected, rows, title, monkeypatch):
        monkeypatch.setattr(rejected_rows, "MOST_ROWS", 2)
        for row in rows:
            row[title("permit_type")] = "特别"

        kept, _ = rejected(rows)

        assert pl.read_parquet(kept)["row"].to_list() == [0, 1, 2]

    def test_keeps_questionable_rows_too(self, rejected, rows, title):
        rows[1][title("permit_type")] = "特别"
        rows[2][title("permit_content")] = PERHAPS_PERSON

        kept, report = rejected(rows)

        assert (report.rejected, report.questionable) == (1, 1)
        assert pl.read_parquet(kept)["row"].to_list() == [0, 2, 3]

    def test_keeps_the_rows_above_the_header(self, rejected, rows, title, titled):
        rows[1][title("permit_type")] = "特别"

        kept, _ = rejected(
            titled(rows, ["示例市行政许可信息报送表", ""], ["单位：示例局"])
        )

        frame = pl.read_parquet(kept)
        assert frame["row"].to_list() == [0, 0, 0, 2]
        assert frame["0"].to_list()[:2] == ["示例市行政许可信息报送表", "单位：示例局"]

    @pytest.mark.parametrize(
        "contact",
        [
            "填报人：示例甲",
            "联系电话 0417-0000000",
            "审核员 示例乙",
            "office@example.org",
            "１３８０００００００",
            "210802199001011000",
        ],
    )
    def test_keeps_no_row_above_that_may_name_a_person(
        self, rejected, rows, title, titled, contact
    ):
        rows[1][title("permit_type")] = "特别"

        kept, _ = rejected(titled(rows, ["报送表"], ["示例局", contact]))

        frame = pl.read_parquet(kept)
        assert frame["0"].to_list()[:2] == ["报送表", None]
        assert contact not in frame.write_csv()


class TestWorkbook:
    def test_marks_the_wrong_cell_and_says_what_to_do(self, workbook, rows, title):
        rows[1][title("permit_type")] = "特别"

        book = opened(workbook(rows))

        assert book.worksheets[0].max_row == 2
        wrong = cell(book, 2, title("permit_type"))
        assert wrong.value == "特别"
        assert wrong.fill.fgColor.rgb == "FFFFD7D0"
        assert wrong.comment.text.startswith("CODE_LIST\n“许可类别”")
        right = cell(book, 2, title("decision_no"))
        assert right.comment is None
        assert right.fill.fgColor.rgb == "00000000"

    def test_speaks_english(self, workbook, rows, title):
        rows[1][title("permit_type")] = "特别"

        book = opened(workbook(rows, language="en"))

        comment = cell(book, 2, title("permit_type")).comment.text
        assert comment.split("\n")[1].isascii()
        assert "Filled cells" in book.worksheets[1]["A2"].value

    def test_keeps_codes_as_text(self, workbook, rows, title):
        rows[1][title("uscc")] = "912108991234567890"

        code = cell(opened(workbook(rows)), 2, title("uscc"))

        assert (code.value, code.data_type) == ("912108991234567890", "s")
        assert code.number_format == "@"

    @pytest.mark.parametrize("attack", ["=1+1", "+1", "-1", "@SUM(A1)"])
    def test_holds_no_formula(self, workbook, rows, title, attack):
        rows[1][title("permit_type")] = attack

        content = workbook(rows)

        wrong = cell(opened(content), 2, title("permit_type"))
        assert (wrong.value, wrong.data_type) == (attack, "s")
        assert wrong.quotePrefix
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")

    def test_says_that_a_persons_number_was_blanked(self, workbook, rows, title):
        rows[1][title("decision_no")] = PERSON

        content = workbook(rows)

        blank = cell(opened(content), 2, title("decision_no"))
        assert blank.value is None
        assert "已清空" in blank.comment.text
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            assert all(PERSON.encode() not in parts.read(n) for n in parts.namelist())

    def test_adds_the_columns_that_the_file_lacks(self, workbook, rows, title):
        for row in rows:
            del row[title("authority_name")]

        book = opened(workbook(rows))

        added = cell(book, 2, title("authority_name"))
        assert added.comment.text.startswith("REQUIRED\n")

    def test_says_where_each_row_stood(self, workbook, rows, title):
        rows[1][title("permit_type")] = "特别"

        legend = opened(workbook(rows)).worksheets[1]

        last = [each.value for each in legend[legend.max_row]]
        assert last == ["2", "permits.csv", None, "3"]

    def test_stands_below_the_same_titles(self, workbook, rows, title, titled):
        rows[1][title("permit_type")] = "特别"

        sheet = opened(workbook(titled(rows, ["报送表"], []))).worksheets[0]

        assert sheet["A1"].value == "报送表"
        assert [each.value for each in sheet[3]] == list(rows[0])
        assert sheet.freeze_panes == "A4"
        assert sheet.max_row == 4

    def test_of_questionable_rows_says_that_right_ones_need_not_come_again(
        self, workbook, rows, title
    ):
        rows[1][title("permit_type")] = "特别"
        rows[2][title("permit_content")] = PERHAPS_PERSON

        book = opened(workbook(rows, kind=Kind.QUESTIONABLE))

        assert [each.title for each in book.worksheets] == ["存疑数据", "填报说明"]
        assert (
            cell(book, 2, title("decision_no")).value == rows[2][title("decision_no")]
        )
        assert book.worksheets[0].max_row == 2
        assert "请先删去" in book.worksheets[1]["A3"].value

    def test_counts_its_boxes_in_blocks(self, workbook, rows, title):
        """A spreadsheet repairs, or refuses, a book whose boxes have no block."""
        many = [
            rows[0] | {title("decision_no"): f"示例{n}", title("permit_type"): "特别"}
            for n in range(1100)
        ]

        with zipfile.ZipFile(io.BytesIO(workbook(many))) as parts:
            boxes = parts.read("xl/drawings/vmlDrawing1.vml").decode()
            comments = parts.read("xl/comments1.xml").decode()

        assert 'data="1,2"' in boxes
        ids = re.findall(r'id="_x0000_s([0-9]+)"', boxes)
        assert [int(each) for each in ids] == list(range(1025, 1025 + len(ids)))
        assert len(ids) == comments.count("<comment ") > 1100

    @pytest.mark.parametrize("text", ["<a>&amp;\r甲", "\x0b乙", "]]>", "𠮷"])
    def test_holds_any_text_as_it_is(self, workbook, rows, title, text):
        rows[1][title("permit_type")] = f"特{text}别"

        wrong = cell(opened(workbook(rows)), 2, title("permit_type"))

        assert wrong.value.replace("\r", "") == f"特{text}别".replace(
            "\x0b", ""
        ).replace("\r", "")

    def test_is_read_back_as_it_was_and_accepted_once_mended(
        self, workbook, rows, title, put, surroundings, permit, tmp_path
    ):
        good = rows[1][title("permit_type")]
        rows[1][title("permit_type")] = "特别"
        book = opened(workbook(rows))
        cell(book, 2, title("permit_type")).value = good
        mended = tmp_path / "mended.xlsx"
        book.save(mended)

        report = run.check(
            mended, dataset=permit, context=surroundings, out=tmp_path / "again"
        )

        assert (report.rows_read, report.accepted) == (1, 1)
        assert [each.sheet for each in report.skipped] == ["填报说明"]
