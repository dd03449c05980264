"""Printed tables as files: what is read, and what is refused in so many words."""

from pathlib import Path

import openpyxl
import pytest

from xinheng.core.statistics import footing
from xinheng.pipeline import printed_table
from xinheng.pipeline.failures import UnreadableFileError

GOOD = """序号,部门名称,行政许可,行政处罚,数据总量
,合计,5,2,7
1,甲局,3,,3
2,乙局,2,2,4
"""


@pytest.fixture
def write(tmp_path):
    def write(text: str | bytes, name: str = "table.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def refusal(path: Path) -> UnreadableFileError:
    with pytest.raises(UnreadableFileError) as refused:
        printed_table.read(path)
    return refused.value


class TestRead:
    def test_reads_units_columns_and_totals(self, write):
        table = printed_table.read(write(GOOD))

        assert table == footing.PrintedTable(
            columns=("行政许可", "行政处罚"),
            rows=(footing.Row("甲局", (3, 0), 3), footing.Row("乙局", (2, 2), 4)),
            total_row="合计",
            totals=(5, 2),
            total_column="数据总量",
            grand_total=7,
        )

    @pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
    def test_reads_the_same_in_every_encoding(self, write, encoding):
        expected = printed_table.read(write(GOOD))

        assert printed_table.read(write(GOOD.encode(encoding))) == expected

    def test_reads_a_workbook_with_a_title_and_notes_around_the_table(self, tmp_path):
        book = openpyxl.Workbook()
        for row in (
            ["5月份报送情况表"],
            [],
            ["序号", "部门名称", "行政许可", "行政处罚", "数据总量"],
            [1, "甲局", 3, None, 3],
            [2, "乙局", 2, 2, 4],
            ["合计", None, 5, 2, 7],
            ["注：本表由示例市信用办编制"],
        ):
            book.active.append(row)
        book.save(tmp_path / "table.xlsx")

        table = printed_table.read(tmp_path / "table.xlsx")

        assert table.totals == (5, 2)
        assert [row.unit for row in table.rows] == ["甲局", "乙局"]

    def test_reads_counts_as_people_print_them(self, write):
        text = '单位,许可,处罚,合计\n甲局,"1,477",１２,1489.0\n乙局,—,-,无\n'

        table = printed_table.read(write(text))

        assert table.rows[0] == footing.Row("甲局", (1477, 12), 1489)
        assert table.rows[1] == footing.Row("乙局", (0, 0), 0)

    def test_leaves_a_column_of_remarks_out(self, write):
        table = printed_table.read(write("单位,许可,合计,备注\n甲局,1,1,未报送\n"))

        assert table.columns == ("许可",)

    def test_takes_a_table_without_a_totals_row(self, write):
        table = printed_table.read(write("单位,许可,合计\n甲局,1,1\n"))

        assert table.totals is None
        assert table.total_column == "合计"

    def test_takes_a_table_without_a_column_of_totals(self, write):
        table = printed_table.read(write("单位,许可\n甲局,1\n合计,1\n"))

        assert table.total_column is None
        assert table.rows == (footing.Row("甲局", (1,), None),)

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("", "FILE_EMPTY"),
            ("\n \n", "TABLE_HEADER"),
            ("这不是表\n", "TABLE_HEADER"),
            ("许可,处罚\n1,2\n", "TABLE_HEADER"),
            ("单位,许可,合计\n", "TABLE_ROWS"),
            ("单位,合计\n甲局,1\n", "TABLE_COLUMNS"),
            ("单位,许可\n甲局,1\n", "TABLE_TOTALS"),
            ("单位,许可,合计,总计\n甲局,1,1,1\n", "TABLE_TOTALS"),
            ("单位,许可\n甲局,1\n合计,1\n总计,1\n", "TABLE_TOTALS"),
            ("单位,许可,许可,合计\n甲局,1,1,2\n", "DUPLICATE_COLUMN"),
            ("单位,许可,合计\n甲局,若干,1\n", "TABLE_CELL"),
            ("单位,许可,合计\n甲局,-1,-1\n", "TABLE_CELL"),
            ("单位,许可,合计\n甲局,1.5,1.5\n", "TABLE_CELL"),
            ("单位,许可,合计\n甲局," + "9" * 5000 + ",1\n", "TABLE_CELL"),
            ("单位,许可,合计\n,1,1\n", "TABLE_UNIT"),
            ("单位,许可,合计\n甲局,1,1,7\n", "TABLE_SHAPE"),
        ],
    )
    def test_refuses_what_is_no_table_of_counts(self, write, text, code):
        assert refusal(write(text)).code == code

    def test_names_the_row_and_the_column_of_a_cell_and_not_its_value(self, write):
        refused = refusal(write("单位,许可,合计\n甲局,1,1\n乙局,若干,1\n"))

        assert "第2行“许可”" in refused.message_zh
        assert "若干" not in refused.message_zh

    @pytest.mark.parametrize(
        ("content", "name", "code"),
        [
            (b"PK\x03\x04 broken", "table.xlsx", "FILE_DAMAGED"),
            (b"\x89PNG\r\n", "table.csv", "FILE_BINARY"),
            (GOOD.encode(), "table.pdf", "FILE_EXTENSION"),
            (b"\xff\xff\xff,\xff\n", "table.csv", "FILE_ENCODING"),
        ],
    )
    def test_refuses_a_file_of_another_kind(self, write, content, name, code):
        assert refusal(write(content, name)).code == code

    def test_refuses_a_missing_file_and_a_directory(self, tmp_path):
        assert refusal(tmp_path / "none.csv").code == "FILE_MISSING"
        assert refusal(tmp_path).code == "FILE_DIRECTORY"

    def test_refuses_a_personal_number_in_the_place_of_a_unit(self, write):
        number = "11010519491231002X"  # the example printed in GB 11643

        refused = refusal(write(f"单位,许可,合计\n{number},1,1\n"))

        assert refused.code == "PERSONAL_ID"
        assert number not in refused.message_zh + refused.message_en


class TestReadNames:
    def test_prefers_the_name_in_the_table_to_the_name_in_the_text(self, write):
        path = write("名称,unit\n市甲局,甲局\n,\n市乙局,乙局\n")

        assert printed_table.read_names(path) == ("甲局", "乙局")

    @pytest.mark.parametrize(
        ("text", "code"), [("a,b\n1,2\n", "TABLE_HEADER"), ("unit\n", "NAMED_ROWS")]
    )
    def test_refuses_a_list_without_names(self, write, text, code):
        with pytest.raises(UnreadableFileError) as refused:
            printed_table.read_names(write(text))

        assert refused.value.code == code


class TestSpellAsPrinted:
    def test_finds_a_name_that_is_spaced_out(self, write):
        table = printed_table.read(write(GOOD))

        names = printed_table.spell_as_printed(["甲　局", " 丙局"], table)

        assert names == ("甲局", " 丙局")
