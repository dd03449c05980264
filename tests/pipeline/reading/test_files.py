"""Files as people hand them in, good and bad."""

from __future__ import annotations

import io
import os
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from tests.pipeline.conftest import accepted_rows, findings
from xinheng.pipeline import run
from xinheng.pipeline.failures import UnreadableFileError
from xinheng.pipeline.reading import encodings
from xinheng.rulebook import exports, samples

COMPOUND = bytes.fromhex("D0CF11E0A1B11AE1")


@pytest.fixture
def refusal(check, tmp_path):
    """Check a file that must be refused and return the code; nothing may be left."""

    def refused(path, **changes):
        with pytest.raises(UnreadableFileError) as raised:
            check(path, **changes)
        assert list((tmp_path / "out").iterdir()) == []
        assert raised.value.message_zh
        assert raised.value.message_en
        assert "\n" not in raised.value.message_zh + raised.value.message_en
        return raised.value.code

    return refused


@pytest.fixture
def put(tmp_path):
    """Write bytes to a file of that name."""

    def write_bytes(content, name="permits.csv"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write_bytes


def text_of(rows):
    titles = list(rows[0])
    lines = [
        ",".join(titles),
        *(",".join(row[title] for title in titles) for row in rows),
    ]
    return "\n".join(lines) + "\n"


def workbook(rows, *, sheet="许可", above=()):
    book = openpyxl.Workbook()
    book.active.title = sheet
    for line in [*above, list(rows[0]), *(list(row.values()) for row in rows)]:
        book.active.append(line)
    return book


def save(book, tmp_path, name="permits.xlsx"):
    path = tmp_path / name
    book.save(path)
    return path


class TestText:
    @pytest.mark.parametrize(
        "encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"]
    )
    def test_is_read_in_each_encoding(self, check, rows, put, encoding):
        rows[0]["备注"] = "示例"

        report = check(put(text_of(rows).encode(encoding)))

        assert report.accepted == 3
        assert pl.read_parquet(report.accepted_path)["remark"][0] == "示例"

    @pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
    def test_is_read_in_either_order_of_utf_16(self, check, rows, put, order):
        mark = "\ufeff".encode(order)

        assert check(put(mark + text_of(rows).encode(order))).accepted == 3

    def test_turns_to_gb18030_at_the_last_cell(
        self, check, rows, permit, put, monkeypatch
    ):
        # ASCII up to the last cell, many blocks further on.
        monkeypatch.setattr(encodings, "BLOCK_BYTES", 200)
        codes = [permit.field(name).code for name in permit.natural_key]
        line = "11210899008900011A,No. 1,91110000600037341L,"
        text = ",".join([*codes, "BZ"]) + f"\n{line}\n{line}\n{line}示例\n"

        report = check(put(text.encode("gb18030")))

        assert report.rows_read == 3
        assert report.findings["DUPLICATE_KEY"] == 3

    @pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
    def test_is_read_with_each_delimiter(self, check, rows, write, delimiter):
        assert check(write(rows, delimiter=delimiter)).accepted == 3

    @pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
    def test_is_read_with_each_line_end(self, check, rows, put, ending):
        text = text_of(rows).replace("\n", ending)

        assert check(put(text.encode())).accepted == 3

    def test_needs_no_line_end_at_the_end(self, check, rows, put):
        assert check(put(text_of(rows).rstrip("\n").encode())).accepted == 3

    def test_may_carry_titles_above_the_header(self, check, rows, put):
        text = "行政许可信息,,\n填报单位：示例局,,\n\n" + text_of(rows)

        report = check(put(text.encode()))

        assert accepted_rows(report) == [1, 2, 3]

    def test_keeps_the_place_of_blank_rows(self, check, rows, put):
        header, *lines = text_of(rows).splitlines()
        blank = "," * (len(rows[0]) - 1)
        lines = ["", lines[0], blank, "", lines[1], f"  {blank} ", lines[2], ""]

        report = check(put("\n".join([header, *lines]).encode()))

        assert report.rows_read == 3
        assert accepted_rows(report) == [2, 5, 7]

    def test_may_hold_quotes_delimiters_and_doubled_quotes(self, check, rows, write):
        rows[0]["备注"] = '甲,乙"丙"'

        report = check(write(rows))

        assert pl.read_parquet(report.accepted_path)["remark"][0] == '甲,乙"丙"'

    @pytest.mark.parametrize("stray", ['5"管', '5"管和6"管', '"某某"公司', '"没有下文'])
    def test_takes_stray_quotes_as_they_stand(self, check, rows, put, stray):
        text = text_of(rows).replace("准予从事示例经营活动", stray, 1)

        report = check(put(text.encode()))

        assert report.rows_read == 3
        contents = pl.read_parquet(report.accepted_path)["permit_content"].to_list()
        assert contents == [stray, *["准予从事示例经营活动"] * 2]

    def test_tells_of_a_row_with_too_many_cells(self, check, rows, put):
        header, *lines = text_of(rows).splitlines()
        lines[1] += ",多出,,的"

        report = check(put("\n".join([header, *lines]).encode()))

        assert findings(report) == [(2, "", "CELL_COUNT")]

    def test_does_not_mind_empty_cells_beyond_the_header(self, check, rows, put):
        header, *lines = text_of(rows).splitlines()
        lines = [line + ",,," for line in lines]

        assert check(put("\n".join([header, *lines]).encode())).accepted == 3

    def test_reads_a_short_row_as_blank_cells(self, check, rows, put):
        header, *lines = text_of(rows).splitlines()
        lines[1] = ",".join(lines[1].split(",")[:3])

        report = check(put("\n".join([header, *lines]).encode()))

        assert accepted_rows(report) == [1, 3]
        assert set(report.findings) == {"REQUIRED"}

    def test_searches_cells_beyond_the_header_for_persons(self, check, rows, put):
        header, *lines = text_of(rows).splitlines()
        lines[1] += ",210802199001011230,11010519491231002X"

        report = check(put("\n".join([header, *lines]).encode()))

        assert (2, "", "PERSONAL_ID") in findings(report)


class TestHeaders:
    @pytest.mark.parametrize(
        ("written", "name"),
        [
            ("* 行政相对人名称", "subject_name"),
            ("行政相对人名称（必填）", "subject_name"),
            (" 行政相对人名称*", "subject_name"),
            ("xk_xdr_mc", "subject_name"),
            ("ｘｋ＿ＸＤＲ＿ＭＣ", "subject_name"),
            ("subject_name", "subject_name"),
            ("行政相对人代码_1（统一社会信用代码）", "uscc"),
        ],
    )
    def test_are_known_in_many_spellings(self, check, rows, permit, written, name):
        titles = permit.field(name).title
        renamed = [
            {written if title == titles else title: cell for title, cell in row.items()}
            for row in rows
        ]

        report = check(renamed)

        assert report.accepted == 3
        assert report.matched_columns[written.strip()] == name

    def test_tell_valid_from_and_valid_to_apart(self, check, rows, title):
        renamed = [
            {
                {"有效期自": "XK_YXQZ", "有效期至": "XK_YXQZI"}.get(each, each): cell
                for each, cell in row.items()
            }
            for row in rows
        ]

        matched = check(renamed).matched_columns

        assert matched["XK_YXQZ"] == "valid_from"
        assert matched["XK_YXQZI"] == "valid_to"


class TestRefusals:
    def test_name_a_missing_file(self, refusal, tmp_path):
        assert refusal(tmp_path / "nowhere.csv") == "FILE_MISSING"

    def test_name_a_directory(self, refusal, tmp_path):
        (tmp_path / "a.csv").mkdir()

        assert refusal(tmp_path / "a.csv") == "FILE_DIRECTORY"

    def test_name_an_empty_file(self, refusal, put):
        assert refusal(put(b"")) == "FILE_EMPTY"

    @pytest.mark.parametrize("name", ["permits.pdf", "permits", "permits.docx"])
    def test_name_a_wrong_extension(self, refusal, put, rows, name):
        assert refusal(put(text_of(rows).encode(), name)) == "FILE_EXTENSION"

    @pytest.mark.parametrize(
        "content",
        [b"\x89PNG\r\n\x1a\n" + bytes(50), b"%PDF-1.7\n", os.urandom(64) + b"\0"],
    )
    def test_name_a_binary(self, refusal, put, content):
        assert refusal(put(content)) in {"FILE_BINARY", "FILE_ENCODING"}

    def test_name_nul_bytes_in_a_text(self, refusal, put, rows):
        assert refusal(put(text_of(rows).encode() + b"a\0b,c\n")) == "FILE_BINARY"

    def test_name_bytes_that_are_in_no_encoding(self, refusal, put, rows):
        content = text_of(rows).encode() + "示例".encode()[:2] + b"\xff\xff\n"

        assert refusal(put(content)) == "FILE_ENCODING"

    @pytest.mark.parametrize("name", ["permits.xlsx", "permits.xls"])
    def test_name_a_workbook_with_a_password(self, refusal, put, name):
        content = COMPOUND + bytes(5000) + "EncryptedPackage".encode("utf-16-le")

        assert refusal(put(content, name)) == "FILE_ENCRYPTED"

    def test_name_an_old_workbook(self, refusal, put):
        assert refusal(put(COMPOUND + bytes(5000), "permits.xls")) == "FILE_XLS"

    def test_name_content_that_is_not_what_the_name_says(self, refusal, put, rows):
        text = text_of(rows).encode()
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("word/document.xml", "<a/>")

        assert refusal(put(text, "permits.xlsx")) == "FILE_CONTENT"
        assert refusal(put(packed.getvalue(), "permits.csv")) == "FILE_CONTENT"
        assert refusal(put(packed.getvalue(), "permits.xlsx")) == "FILE_CONTENT"

    def test_name_a_damaged_workbook(self, refusal, put, rows, tmp_path):
        whole = save(workbook(rows), tmp_path).read_bytes()

        assert refusal(put(whole[: len(whole) // 2], "permits.xlsx")) == "FILE_DAMAGED"

    def test_name_a_table_without_any_known_column(self, refusal, put):
        assert refusal(put("姓名,年龄\n甲,3\n".encode())) == "NO_COLUMNS"

    def test_name_the_key_columns_that_are_missing(self, check, rows, title):
        for row in rows:
            del row[title("decision_no")]

        with pytest.raises(UnreadableFileError) as refused:
            check(rows)

        assert refused.value.code == "KEY_COLUMNS"
        assert title("decision_no") in refused.value.message_zh

    def test_name_a_field_that_two_columns_mean(self, check, rows):
        for row in rows:
            row["XK_WSH"] = "1"

        with pytest.raises(UnreadableFileError) as refused:
            check(rows)

        assert refused.value.code == "DUPLICATE_COLUMN"
        assert "行政许可决定文书号" in refused.value.message_zh

    @pytest.mark.parametrize("below", ["", "\n\n\n", ",,,\n" * 100_000, "  ,\n"])
    def test_name_a_header_with_nothing_below(self, refusal, put, rows, below):
        header = text_of(rows).splitlines()[0]

        assert refusal(put(f"{header}\n{below}".encode())) == "NO_ROWS"

    def test_name_a_row_without_end(self, refusal, put, rows):
        header = text_of(rows).splitlines()[0]

        assert refusal(put(f'{header}\n"{"x" * 30_000_000}'.encode())) == (
            "FILE_ROW_TOO_LONG"
        )


class TestWorkbooks:
    def test_are_read_like_text(self, check, rows, tmp_path):
        report = check(save(workbook(rows), tmp_path))

        assert accepted_rows(report) == [1, 2, 3]

    def test_may_hold_dates_and_serial_dates(self, check, rows, tmp_path, title):
        rows[0][title("decided_on")] = date(2019, 5, 28)
        rows[1][title("decided_on")] = datetime(2019, 5, 28, 9, 30)  # noqa: DTZ001 - a cell has no zone
        rows[2][title("decided_on")] = 43613

        report = check(save(workbook(rows), tmp_path))

        days = pl.read_parquet(report.accepted_path)["decided_on"].to_list()
        assert days == [date(2019, 5, 28)] * 3

    def test_take_a_serial_date_only_from_a_spreadsheet(self, check, rows, title):
        rows[0][title("decided_on")] = "43613"

        assert findings(check(rows)) == [(1, "decided_on", "DATE_FORMAT")]

    def test_tell_of_codes_that_became_numbers(self, check, rows, tmp_path, title):
        rows[0][title("uscc")] = 911100006000373000  # what a spreadsheet keeps

        report = check(save(workbook(rows), tmp_path))

        assert findings(report) == [(1, "uscc", "EXCEL_NUMBER")]

    def test_keep_the_place_of_blank_rows(self, check, rows, tmp_path):
        book = workbook(rows, above=[["行政许可信息"], []])
        book.active.insert_rows(5, 2)

        assert accepted_rows(check(save(book, tmp_path))) == [1, 4, 5]

    def test_give_the_sheet_with_the_header(self, check, rows, tmp_path):
        book = openpyxl.Workbook()
        book.active.append(["填报说明"])
        book.create_sheet("空")
        sheet = book.create_sheet("数据")
        sheet.append(list(rows[0]))
        for row in rows:
            sheet.append(list(row.values()))

        assert check(save(book, tmp_path)).accepted == 3

    def test_are_searched_for_persons_beyond_the_table(self, check, rows, tmp_path):
        book = workbook(rows)
        book.create_sheet("草稿").append(["11010519491231002X"])

        report = check(save(book, tmp_path))

        assert report.accepted == 3
        assert report.personal_data

    def test_are_searched_for_persons_in_comments(self, check, rows, tmp_path):
        book = workbook(rows)
        note = openpyxl.comments.Comment("见11010519491231002X", "示例")
        book.active["B2"].comment = note

        assert check(save(book, tmp_path)).personal_data

    def test_hold_no_person_in_what_the_program_writes(self, check, rows, tmp_path):
        assert not check(save(workbook(rows), tmp_path)).personal_data

    def test_with_a_person_in_a_sheets_name_are_refused(self, refusal, rows, tmp_path):
        book = workbook(rows, sheet="11010519491231002X")

        assert refusal(save(book, tmp_path)) == "PERSONAL_ID"

    def test_with_nothing_in_them_are_refused(self, refusal, tmp_path):
        assert refusal(save(openpyxl.Workbook(), tmp_path)) == "NO_COLUMNS"

    def test_that_unpack_to_too_much_are_refused(
        self, refusal, rows, tmp_path, monkeypatch
    ):
        monkeypatch.setattr("xinheng.pipeline.reading.workbooks.MOST_BYTES", 1000)

        assert refusal(save(workbook(rows), tmp_path)) == "FILE_TOO_LARGE"

    def test_of_the_template_are_taken(self, check, permit, tmp_path):
        book = openpyxl.load_workbook(io.BytesIO(exports.template_xlsx(permit)))
        for row in samples.sample_rows(permit, rows=2):
            book.worksheets[0].append(list(row.values()))

        assert check(save(book, tmp_path)).accepted == 2


class TestNames:
    def test_come_from_the_unit_where_the_file_is_a_copy(
        self, rows, write, permit, surroundings, tmp_path
    ):
        staged = write(rows).rename(tmp_path / "content")
        out = tmp_path / "out"
        out.mkdir()

        report = run.check(
            Path(staged),
            dataset=permit,
            context=surroundings,
            out=out,
            file_name="五月.CSV",
        )

        assert report.accepted == 3
