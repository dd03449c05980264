"""Files as people hand them in, good and bad."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tests.pipeline.conftest import accepted_rows, findings
from tests.pipeline.reading.conftest import save, text_of, workbook
from xinheng.pipeline import run
from xinheng.pipeline.reading import encodings, files


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


class TestManyColumns:
    """One small file must not become a page of half a million choices."""

    @pytest.mark.parametrize("beyond", [0, 1])
    def test_are_refused_in_one_sentence(self, check, refusal, rows, put, beyond):
        spare = files.MOST_COLUMNS - len(rows[0]) + beyond
        lines = text_of(rows).splitlines()
        lines[0] += "".join(f",c{number}" for number in range(spare))
        path = put("\n".join(lines).encode())

        if beyond:
            assert refusal(path) == "FILE_TOO_LARGE"
        else:
            assert check(path).accepted == len(rows)

    def test_are_refused_in_workbooks(self, refusal, rows, tmp_path):
        book = workbook(rows)
        for number in range(files.MOST_COLUMNS):
            book.active.cell(1, len(rows[0]) + number + 1, f"c{number}")

        assert refusal(save(book, tmp_path)) == "FILE_TOO_LARGE"
