"""xinheng check on the command line."""

from __future__ import annotations

import csv
import json
import subprocess
import sys

import polars as pl
import pytest
from click.testing import CliRunner

from tests.factories.files import (
    as_book_with_hidden_sheet,
    permit_rows,
    write_csv,
    write_register,
)
from xinheng.cli.commands.check import command

ON = "2019-06-03"
PERSON = "11010519491231002X"


@pytest.fixture
def rows():
    return permit_rows(4)


@pytest.fixture
def run(tmp_path):
    def run_command(rows, *options, encoding="utf-8"):
        path = write_csv(tmp_path / "permits.csv", rows, encoding=encoding)
        arguments = [str(path), "--dataset", "permit", "--on", ON, *options]
        return CliRunner().invoke(command, arguments)

    return run_command


class TestCommand:
    def test_leaves_with_0_where_every_row_would_be_accepted(self, run, rows):
        done = run(rows, "--json", encoding="gb18030")

        assert done.exit_code == 0
        answer = json.loads(done.stdout)
        assert answer["dataset"] == "permit"
        assert (answer["rows_read"], answer["accepted"], answer["rejected"]) == (
            4,
            4,
            0,
        )
        assert answer["questionable"] == 0
        assert answer["unlinked"] is None
        assert answer["seconds"] >= 0

    def test_names_the_sheets_that_were_not_read(self, rows, tmp_path):
        path = tmp_path / "permits.xlsx"
        path.write_bytes(as_book_with_hidden_sheet(rows))
        arguments = [str(path), "--dataset", "permit", "--on", ON]

        told = CliRunner().invoke(command, [*arguments, "--json"])
        shown = CliRunner().invoke(command, arguments)

        answer = json.loads(told.stdout)
        assert [each["sheet"] for each in answer["skipped"]] == ["底稿"]
        assert answer["notes"] == 1
        assert "底稿（是隐藏的工作表，未作为数据读取）" in shown.stdout

    def test_leaves_with_1_and_counts_findings(self, run, rows):
        rows[0]["许可类别"] = "特别"
        rows[1]["许可类别"] = "特别"

        done = run(rows, "--json")

        assert done.exit_code == 1
        answer = json.loads(done.stdout)
        assert answer["rejected"] == 2
        assert answer["findings"]["CODE_LIST"] == 2

    def test_tells_the_same_in_words(self, run, rows):
        rows[0]["许可类别"] = "特别"

        done = run(rows)

        assert "共 4 行：可接收 3，退回 1" in done.stdout
        assert "CODE_LIST" in done.stdout
        assert "rejects.csv" in done.stdout

    def test_names_errors_before_notices(self, run, rows):
        rows[0]["许可类别"] = "特别"

        lines = run(rows).stdout.splitlines()

        # Every code of the fictional division earns a notice.
        assert "CODE_LIST" in lines[1]
        assert "USCC_DIVISION" in lines[2]

    def test_links_with_a_register(self, run, rows, tmp_path):
        register = write_register(tmp_path / "register.csv")
        rows[0]["行政相对人代码_1(统一社会信用代码)"] = "91110000600037341L"

        done = run(rows, "--register", str(register), "--json")

        assert done.exit_code == 1
        answer = json.loads(done.stdout)
        assert (answer["accepted"], answer["unlinked"]) == (3, 1)
        assert answer["findings"]["UNKNOWN_ORGANIZATION"] == 1

    def test_writes_accepted_rows_and_rejects(self, run, rows, tmp_path):
        rows[0]["备注"] = f"身份证{PERSON}"
        out = tmp_path / "new" / "out"

        done = run(rows, "--out", str(out))

        assert done.exit_code == 1
        assert sorted(each.name for each in out.iterdir()) == [
            "accepted.parquet",
            "rejects.csv",
            "rejects.xlsx",
        ]
        assert pl.read_parquet(out / "accepted.parquet")["row"].to_list() == [2, 3, 4]
        with (out / "rejects.csv").open(encoding="utf-8-sig", newline="") as source:
            found = [
                row for row in csv.DictReader(source) if row["severity"] == "error"
            ]
        assert [(row["row"], row["rule"]) for row in found] == [("1", "PERSONAL_ID")]
        written = b"".join(each.read_bytes() for each in out.iterdir())
        assert PERSON.encode() not in written + done.output.encode()

    def test_writes_questionable_rows_apart(self, run, rows, tmp_path):
        rows[0]["许可内容"] = "210802199001011000"

        done = run(rows, "--out", str(tmp_path / "out"))

        assert "存疑的行" in done.output
        assert (tmp_path / "out" / "questions.xlsx").is_file()
        assert not (tmp_path / "out" / "rejects.xlsx").exists()

    def test_leaves_nothing_without_out(self, run, rows, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)

        run(rows)

        assert [each.name for each in tmp_path.iterdir()] == ["permits.csv"]


class TestWrongCalls:
    def fail(self, *arguments):
        done = CliRunner().invoke(command, [*map(str, arguments), "--json"])
        assert done.exit_code == 2
        error = json.loads(done.stdout)["error"]
        assert error["message_zh"]
        assert error["message_en"]
        return error["code"]

    def test_name_a_missing_file(self, tmp_path):
        assert self.fail(tmp_path / "a.csv", "--dataset", "permit") == "FILE_MISSING"

    def test_name_a_directory(self, tmp_path):
        assert self.fail(tmp_path, "--dataset", "permit") == "FILE_DIRECTORY"

    def test_name_an_unknown_dataset(self, tmp_path):
        assert self.fail(tmp_path / "a.csv", "--dataset", "x") == "UNKNOWN_DATASET"

    def test_name_a_register_that_is_none(self, tmp_path, rows):
        path = write_csv(tmp_path / "permits.csv", rows)
        register = tmp_path / "register.csv"
        register.write_text("a,b\n1,2\n")

        code = self.fail(path, "--dataset", "permit", "--register", register)

        assert code == "NO_COLUMNS"

    def test_name_results_that_can_not_be_written(self, tmp_path, rows):
        path = write_csv(tmp_path / "permits.csv", rows)

        assert self.fail(path, "--dataset", "permit", "--out", path / "x") == "OUT"

    def test_are_one_line_without_json(self, tmp_path):
        arguments = [str(tmp_path / "a.csv"), "--dataset", "permit"]

        done = CliRunner().invoke(command, arguments)

        assert done.exit_code == 2
        assert done.stdout == ""
        assert len(done.stderr.strip().splitlines()) == 1


class TestStart:
    @pytest.mark.parametrize("module", ["polars", "numpy", "django", "fastexcel"])
    def test_loads_nothing_heavy_for_help(self, module):
        program = (
            "import sys; from xinheng.cli.commands import check;"
            f"sys.exit({module!r} in sys.modules)"
        )

        subprocess.run([sys.executable, "-c", program], check=True)

    def test_never_loads_django(self, tmp_path, rows):
        path = write_csv(tmp_path / "permits.csv", rows)
        program = (
            "import sys; from xinheng.cli.commands.check import command\n"
            "try: command()\n"
            "finally: assert 'django' not in sys.modules"
        )

        done = subprocess.run(
            [sys.executable, "-c", program, path, "--dataset", "permit", "--on", ON],
            capture_output=True,
            check=False,
            text=True,
        )

        assert done.stderr == ""
        assert done.returncode == 0
