"""xinheng bulletin as an operator runs it: on a directory, by its exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

MAIN = "from xinheng.cli.main import main; main()"


def xinheng(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "XINHENG_DIR": str(directory),
        "XINHENG_SECRET_KEY": "only-for-the-test-suite",
        "DJANGO_SETTINGS_MODULE": "xinheng.project.settings",
    }
    environment.pop("DATABASE_URL", None)
    return subprocess.run(
        [sys.executable, "-c", MAIN, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A founded register in which one unit filed a nil return."""
    directory = tmp_path_factory.mktemp("register")
    filed = xinheng(
        directory,
        *("nil-return", "--unit", "司法局"),
        *("--dataset", "permit", "--period", "2019-05"),
    )
    assert filed.returncode == 0, filed.stderr
    return directory


class TestCommand:
    def test_writes_the_three_formats(self, register, tmp_path):
        done = xinheng(register, "bulletin", "2019-05", "--out", str(tmp_path / "out"))

        assert done.returncode == 0, done.stderr
        assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
            "bulletin-2019-05.csv",
            "bulletin-2019-05.html",
            "bulletin-2019-05.json",
        ]
        assert done.stdout.splitlines() == [
            str(tmp_path / "out" / f"bulletin-2019-05.{name}")
            for name in ("html", "csv", "json")
        ]

    def test_prints_one_object_with_json(self, register, tmp_path):
        done = xinheng(
            register, "bulletin", "2019-05", "--out", str(tmp_path), "--json"
        )

        answer = json.loads(done.stdout)
        assert answer["period"] == "2019-05"
        assert "司法局" in answer["nil_units"]
        assert answer == json.loads((tmp_path / "bulletin-2019-05.json").read_text())

    def test_writes_the_same_bytes_again_at_the_same_ledger_size(
        self, register, tmp_path
    ):
        first = xinheng(register, "bulletin", "2019-05", "--out", str(tmp_path / "a"))
        size = json.loads((tmp_path / "a" / "bulletin-2019-05.json").read_text())[
            "ledger_size"
        ]
        xinheng(
            register,
            *("nil-return", "--unit", "检察院"),
            *("--dataset", "permit", "--period", "2019-05"),
        )

        again = xinheng(
            register,
            *("bulletin", "2019-05", "--ledger-size", str(size)),
            *("--out", str(tmp_path / "b")),
        )

        assert first.returncode == again.returncode == 0
        for path in (tmp_path / "a").iterdir():
            assert (tmp_path / "b" / path.name).read_bytes() == path.read_bytes()

    @pytest.mark.parametrize(
        ("arguments", "code"),
        [
            (["2019-13"], "PERIOD"),
            (["May"], "PERIOD"),
            (["2099-01"], "PERIOD_FUTURE"),
            (["2019-05", "--format", "html,png"], "FORMAT"),
            (["2019-05", "--ledger-size", "999999"], "LEDGER_SIZE"),
        ],
    )
    def test_refuses_a_wrong_call_in_one_line(
        self, register, arguments, code, tmp_path
    ):
        done = xinheng(
            register, "bulletin", *arguments, "--out", str(tmp_path), "--json"
        )

        assert done.returncode == 2
        assert json.loads(done.stdout)["error"]["code"] == code
        assert list(tmp_path.iterdir()) == []

    def test_leaves_with_1_where_nobody_handed_in_anything(self, register, tmp_path):
        done = xinheng(
            register, "bulletin", "2019-04", "--out", str(tmp_path), "--json"
        )

        assert done.returncode == 1
        assert json.loads(done.stdout)["error"]["code"] == "PERIOD_EMPTY"
        assert list(tmp_path.iterdir()) == []

    def test_says_where_it_can_not_write(self, register, tmp_path):
        (tmp_path / "file").write_text("")

        done = xinheng(
            register, "bulletin", "2019-05", "--out", str(tmp_path / "file" / "out")
        )

        assert done.returncode == 2
        assert "Traceback" not in done.stderr


class TestRecount:
    def test_compares_with_the_archive(self, register):
        done = xinheng(register, "recount", "2019-05", "--json")

        assert done.returncode == 0, done.stderr
        answer = json.loads(done.stdout)
        assert (answer["ok"], answer["records"]) == (True, 0)

    def test_refuses_what_is_no_month(self, register):
        done = xinheng(register, "recount", "May", "--json")

        assert done.returncode == 2
        assert json.loads(done.stdout)["error"]["code"] == "PERIOD"
