"""xinheng crossfoot on the command line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from xinheng.cli.commands.crossfoot import command

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is absent")


@pytest.fixture
def table(tmp_path):
    def write(text: str) -> str:
        (tmp_path / "table.csv").write_text(text, encoding="utf-8")
        return str(tmp_path / "table.csv")

    return write


def run(*arguments: str):
    return CliRunner().invoke(command, list(arguments))


class TestCommand:
    def test_leaves_with_0_where_every_total_is_right(self, table):
        done = run(table("单位,许可,合计\n甲局,2,2\n乙局,,0\n合计,2,2\n"), "--json")

        assert done.exit_code == 0
        assert json.loads(done.stdout) == {
            "ok": True,
            "cells": [],
            "explained_by": [],
            "silent_units": ["乙局"],
            "units": 2,
            "columns": 1,
            "notes": [],
        }

    def test_leaves_with_1_and_names_cell_and_unit(self, table):
        done = run(table("单位,许可,合计\n甲局,2,2\n乙局,9,9\n合计,2,11\n"), "--json")

        answer = json.loads(done.stdout)
        assert done.exit_code == 1
        assert answer["cells"] == [
            {"row": "合计", "column": "许可", "printed": 2, "computed": 11}
        ]
        assert answer["explained_by"] == [{"unit": "乙局", "value": 9}]

    def test_says_the_same_in_words(self, table):
        done = run(table("单位,许可,合计\n甲局,2,2\n乙局,9,9\n合计,2,11\n"))

        assert "“合计”行“许可”列印为 2，应为 11" in done.stdout
        assert "乙局（9）" in done.stdout

    def test_lists_zero_units_that_the_names_forget(self, table, tmp_path):
        names = tmp_path / "named.csv"
        names.write_text("unit\n乙局\n丁局\n", encoding="gb18030")

        done = run(
            table("单位,许可,合计\n甲局,2,2\n乙局,,0\n丙局,,0\n"),
            "--named",
            str(names),
            "--json",
        )

        answer = json.loads(done.stdout)
        assert answer["unnamed_zero_units"] == ["丙局"]
        assert [note["code"] for note in answer["notes"]] == [
            "NO_TOTALS_ROW",
            "NAMED_UNKNOWN",
        ]

    def test_notes_what_makes_no_total_wrong(self, table):
        done = run(table("单位,a,b,c,d,合计\n甲局,3,3,3,3,12\n甲局,1,,,,1\n"), "--json")

        assert done.exit_code == 0
        assert [note["code"] for note in json.loads(done.stdout)["notes"]] == [
            "NO_TOTALS_ROW",
            "DUPLICATE_UNIT",
            "REPEATED_COUNT",
        ]

    def test_suggests_the_cell_that_would_make_all_totals_right(self, table):
        done = run(
            table("单位,许可,处罚,合计\n甲局,2,1,3\n乙局,9,4,7\n合计,5,5,10\n"),
            "--json",
        )

        (note,) = json.loads(done.stdout)["notes"]
        assert (note["code"], note["unit"], note["column"], note["expected"]) == (
            "SUSPECT_CELL",
            "乙局",
            "许可",
            3,
        )

    def test_leaves_with_2_and_one_object_where_the_file_is_no_table(self, table):
        done = run(table("没有表\n"), "--json")

        error = json.loads(done.stdout)["error"]
        assert done.exit_code == 2
        assert error["code"] == "TABLE_HEADER"
        assert error["message_zh"].startswith("table.csv：")
        assert set(error) == {"code", "message_zh", "message_en"}

    def test_does_not_repeat_a_personal_number_in_a_file_name(self):
        number = "11010519491231002X"  # the example printed in GB 11643

        done = run(f"{number}.csv")

        assert done.exit_code == 2
        assert number not in done.output

    def test_says_which_of_the_two_files_is_missing(self, table, tmp_path):
        good = table("单位,许可,合计\n甲局,2,2\n")

        done = run(good, "--named", str(tmp_path / "none.csv"))

        assert done.exit_code == 2
        assert "none.csv" in done.stderr
        assert done.stdout == ""


class TestStart:
    def test_loads_no_django(self):
        loaded = (
            "import sys, xinheng.cli.commands.crossfoot; print('django' in sys.modules)"
        )

        done = subprocess.run(
            [sys.executable, "-c", loaded], capture_output=True, check=True, text=True
        )

        assert done.stdout == "False\n"


@pytest.mark.shared_data
@needs_data
class TestBulletinOfMay2019:
    def test_finds_what_the_printed_table_got_wrong(self):
        done = run(
            str(DATA / "bulletin-2019-05-printed.csv"),
            "--named",
            str(DATA / "bulletin-2019-05-named.csv"),
            "--json",
        )

        answer = json.loads(done.stdout)
        assert done.exit_code == 1
        assert answer["ok"] is False
        assert answer["cells"] == [
            {"row": "合计", "column": "信用信息", "printed": 48, "computed": 148},
            {"row": "合计", "column": "数据总量", "printed": 5018, "computed": 5118},
        ]
        assert answer["explained_by"] == [{"unit": "金融发展局", "value": 100}]
        assert len(answer["silent_units"]) == 27
        assert answer["unnamed_zero_units"] == [
            "编委办",
            "人民银行营口市中心支行",
            "市银监局",
        ]
        assert [note["code"] for note in answer["notes"]] == ["REPEATED_COUNT"]
