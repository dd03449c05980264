"""xinheng codes on the command line."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from xinheng.cli.commands.codes import command

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
VALID = "91110000600037341L"
WRONG = "91110000600037341Y"
PERSON = "210899198001011248"  # made up


@pytest.fixture
def table(tmp_path):
    def write(*codes):
        path = tmp_path / "codes.csv"
        lines = [f"示例{code and '公司'},{code}" for code in codes]
        path.write_text("\n".join(["名称,代码", *lines]), encoding="gb18030")
        return str(path)

    return write


def run(*arguments):
    return CliRunner().invoke(command, list(arguments))


class TestCommand:
    def test_leaves_with_0_where_every_code_is_valid(self, table):
        done = run(table(VALID, VALID), "--column", "代码", "--json")

        assert done.exit_code == 0
        assert json.loads(done.stdout) == {
            "rows": 2,
            "classes": {"valid": 2},
            "findings": {},
        }

    def test_leaves_with_1_and_counts_classes_and_findings(self, table):
        done = run(table(VALID, WRONG, "无"), "--column", "代码", "--json")

        assert done.exit_code == 1
        assert json.loads(done.stdout) == {
            "rows": 3,
            "classes": {"valid": 1, "wrong_check": 1, "placeholder": 1},
            "findings": {"USCC_CHECK": 1, "CODE_PLACEHOLDER": 1},
        }

    def test_says_the_same_in_words_with_advice(self, table):
        done = run(table(VALID, WRONG), "--column", "代码")

        assert "共 2 行" in done.stdout
        assert "wrong_check  校验码不对：1" in done.stdout
        assert "USCC_CHECK：1" in done.stdout
        assert "逐位核对" in done.stdout

    def test_writes_the_rows_and_shows_no_persons_number_anywhere(
        self, table, tmp_path
    ):
        out = tmp_path / "out.csv"

        done = run(table(PERSON, WRONG), "--column", "代码", "--out", str(out))

        with out.open(encoding="utf-8-sig", newline="") as file:
            written = list(csv.DictReader(file))
        assert [row["class"] for row in written] == ["personal_id", "wrong_check"]
        assert [row["suggestion"] for row in written] == ["", VALID]
        assert PERSON not in done.output + out.read_text(encoding="utf-8-sig")

    @pytest.mark.parametrize(
        ("arguments", "code"),
        [
            (["absent.csv", "--column", "代码"], "FILE_MISSING"),
            ([".", "--column", "代码"], "FILE_DIRECTORY"),
        ],
    )
    def test_leaves_with_2_and_one_json_object_for_what_it_cannot_read(
        self, tmp_path, monkeypatch, arguments, code
    ):
        monkeypatch.chdir(tmp_path)

        done = run(*arguments, "--json")

        error = json.loads(done.stdout)["error"]
        assert done.exit_code == 2
        assert error["code"] == code
        assert set(error) == {"code", "message_zh", "message_en"}

    def test_leaves_with_2_for_a_column_that_is_not_there(self, table):
        done = run(table(VALID), "--column", "uscc", "--json")

        assert done.exit_code == 2
        assert json.loads(done.stdout)["error"]["code"] == "NO_COLUMNS"

    def test_leaves_with_2_where_the_result_has_no_place(self, table, tmp_path):
        path = table(VALID)

        absent = run(
            path, "--column", "代码", "--out", str(tmp_path / "no" / "out.csv")
        )
        itself = run(path, "--column", "代码", "--out", path)

        assert (absent.exit_code, itself.exit_code) == (2, 2)
        assert VALID in Path(path).read_text(encoding="gb18030")

    def test_never_writes_over_the_register(self, table, tmp_path):
        register = tmp_path / "register.csv"
        register.write_text(f"名称,统一社会信用代码\n示例公司,{VALID}\n")
        link = tmp_path / "link.csv"
        link.symlink_to(register)
        before = register.read_bytes()

        codes = [
            run(
                *(table(VALID), "--column", "代码", "--register", str(register)),
                *("--out", str(out), "--json"),
            ).exit_code
            for out in (register, link)
        ]

        assert codes == [2, 2]
        assert register.read_bytes() == before

    def test_replaces_nothing_but_a_plain_file(self, table, tmp_path):
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)

        done = run(table(VALID), "--column", "代码", "--out", str(pipe), "--json")

        assert (done.exit_code, pipe.is_fifo()) == (2, True)
        assert json.loads(done.stdout)["error"]["code"] == "OUT"

    def test_writes_to_the_file_that_a_link_names(self, table, tmp_path):
        target, link = tmp_path / "out.csv", tmp_path / "link.csv"
        link.symlink_to(target)

        done = run(table(VALID), "--column", "代码", "--out", str(link))

        assert (done.exit_code, link.is_symlink()) == (0, True)
        assert VALID in target.read_text(encoding="utf-8-sig")

    @pytest.mark.parametrize(
        "arguments",
        [
            ["--column", ""],
            ["--column", " "],
            ["--column", "代码", "--name-column", ""],
        ],
    )
    def test_takes_no_column_without_a_name(self, tmp_path, arguments):
        path = tmp_path / "codes.csv"
        path.write_text(f"代码,名称\n{VALID},示例公司\n,示例二厂\n{VALID},\n")

        done = run(str(path), *arguments, "--json")

        assert done.exit_code == 2
        assert json.loads(done.stdout)["error"]["code"] == "NO_COLUMNS"

    def test_does_not_take_the_codes_for_names(self, table):
        done = run(table(VALID), "--column", "代码", "--name-column", "代码")

        assert done.exit_code == 2
        assert "--name-column" in done.output

    def test_takes_a_wrong_code_that_the_register_confirms(self, table, tmp_path):
        register = tmp_path / "register.csv"
        register.write_text(
            f"名称,统一社会信用代码,确认按此发放\n示例公司,{WRONG},是\n"
        )

        done = run(
            table(WRONG), "--column", "代码", "--register", str(register), "--json"
        )

        assert done.exit_code == 0
        assert json.loads(done.stdout)["classes"] == {"nonconforming": 1}

    def test_suggests_what_the_register_holds_under_the_name_and_says_why(
        self, table, tmp_path
    ):
        register, out = tmp_path / "register.csv", tmp_path / "out.csv"
        register.write_text(f"名称,统一社会信用代码\n示例公司,{VALID}\n")
        damaged = VALID[:4] + "O" + VALID[5:-1]  # two slips

        run(
            *(table(damaged), "--column", "代码", "--register", str(register)),
            *("--out", str(out)),
        )

        with out.open(encoding="utf-8-sig", newline="") as file:
            (row,) = csv.DictReader(file)
        assert (row["suggestion"], row["certain"]) == (VALID, "true")
        assert row["reasons"] == "LOOK_ALIKE@5;MISSING@18;HELD;SAME_NAME"
        assert "形近" in row["reasons_zh"]

    def test_flags_one_code_under_several_names(self, tmp_path):
        path = tmp_path / "codes.csv"
        path.write_text(f"甲,代码\n示例一厂,{VALID}\n示例二厂,{VALID}\n")

        done = run(str(path), "--column", "代码", "--name-column", "甲", "--json")

        assert json.loads(done.stdout)["findings"] == {"DUP_CODE": 2}

    def test_leaves_with_2_for_a_register_that_is_not_there(self, table, tmp_path):
        absent = str(tmp_path / "absent.csv")

        done = run(table(VALID), "--column", "代码", "--register", absent, "--json")

        error = json.loads(done.stdout)["error"]
        assert (done.exit_code, error["code"]) == (2, "FILE_MISSING")
        assert error["message_en"].startswith("The register:")

    def test_needs_no_database(self, table):
        script = (
            "import sys\n"
            "from xinheng.cli.main import main\n"
            f"sys.argv = ['xinheng', 'codes', {table(VALID)!r}, '--column', '代码']\n"
            "try:\n    main()\n"
            "finally:\n    assert 'django' not in sys.modules\n"
        )

        done = subprocess.run([sys.executable, "-c", script], capture_output=True)

        assert (done.returncode, done.stderr) == (0, b"")

    @pytest.mark.shared_data
    def test_flags_the_real_codes_that_stand_for_several_names(self):
        path = DATA / "cn_duplicate_codes_orgs.csv"
        if not path.exists():
            pytest.skip("../shared/data is absent")

        done = run(str(path), "--column", "code", "--json")

        assert json.loads(done.stdout)["findings"]["DUP_CODE"] > 0

    @pytest.mark.shared_data
    def test_classifies_the_labeled_codes(self):
        path = DATA / "cn_uscc_problem_codes_labelled.csv"
        if not path.exists():
            pytest.skip("../shared/data is absent")

        done = run(str(path), "--column", "code_as_recorded", "--json")

        assert json.loads(done.stdout)["classes"] == {
            "legacy_15": 3_690,
            "legacy_13": 239,
            "wrong_check": 91,
            "legacy_other": 9,
            "placeholder": 6,
            "malformed": 5,
        }
