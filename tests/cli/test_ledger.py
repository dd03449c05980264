"""`xinheng ledger` as an operator runs it: on a directory, by its exit codes."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from xinheng import verifier

VERIFIER = Path(verifier.__file__)
APPEND = """
import django; django.setup()
from datetime import UTC, datetime
from django.db import transaction
from xinheng.apps.ledger import operations
for number in range(3):
    with transaction.atomic():
        operations.append(
            kind="act", subject=f"subject:{number}", actor="actor",
            body={}, at=datetime(2019, 6, 3, tzinfo=UTC),
        )
"""


def run(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "XINHENG_DIR": str(directory),
        "XINHENG_SECRET_KEY": "only-for-the-test-suite",
        "DJANGO_SETTINGS_MODULE": "xinheng.project.settings",
    }
    environment.pop("DATABASE_URL", None)
    return subprocess.run(
        [sys.executable, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def xinheng(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    main = "from xinheng.cli.main import main; main()"
    return run(directory, "-c", main, *arguments)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A founded directory with some entries; tests copy it before they touch it."""
    directory = tmp_path_factory.mktemp("kept")
    founded = ("nil-return", "--unit=U10", "--dataset=permit", "--period=2019-05")
    assert xinheng(directory, *founded).returncode == 0
    appended = run(directory, "-c", APPEND)
    assert appended.returncode == 0, appended.stderr
    return directory


@pytest.fixture
def register(kept: Path, tmp_path: Path) -> Path:
    directory = tmp_path / "register"
    with sqlite3.connect(kept / "xinheng.sqlite3") as source:
        source.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    source.close()
    subprocess.run(["cp", "-a", kept, directory], check=True)
    return directory


def size_of(directory: Path) -> int:
    """Return the ledger's size: founding the register appends entries of its own."""
    database = sqlite3.connect(directory / "xinheng.sqlite3")
    (size,) = database.execute("SELECT count(*) FROM ledger_entry").fetchone()
    database.close()
    assert size >= 3
    return int(size)


def tamper(directory: Path, *statements: str) -> None:
    database = sqlite3.connect(directory / "xinheng.sqlite3")
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()


class TestVerify:
    def test_says_in_both_languages_that_it_verifies(self, register):
        done = xinheng(register, "ledger", "verify")

        assert done.returncode == 0, done.stderr
        assert f"账本通过：{size_of(register)} 条记载" in done.stdout
        assert f"The ledger verifies: {size_of(register)} entries" in done.stdout

    def test_prints_one_json_object(self, register):
        done = xinheng(register, "ledger", "verify", "--json")

        answer = json.loads(done.stdout)
        assert answer["ok"] is True
        assert answer["size"] == size_of(register)
        assert answer["problems"] == []

    def test_leaves_with_1_and_names_each_problem_on_a_line(self, register):
        tamper(
            register,
            "DROP TRIGGER ledger_entry_no_update",
            "UPDATE ledger_entry SET actor = 'someone' WHERE seq = 1",
        )

        done = xinheng(register, "ledger", "verify")

        lines = done.stdout.splitlines()
        assert done.returncode == 1
        assert lines[0].startswith("TRIGGER_MISSING ")
        assert lines[1] == ("ENTRY_ALTERED 第 1 条记载被改动。 entry 1 was altered.")
        assert "does not verify" in lines[2]
        assert "Traceback" not in done.stderr

    def test_tells_the_problems_in_json_too(self, register):
        tamper(
            register,
            "DROP TRIGGER ledger_entry_no_delete",
            "DELETE FROM ledger_entry WHERE seq = 2",
        )

        done = xinheng(register, "ledger", "verify", "--json")

        answer = json.loads(done.stdout)
        assert done.returncode == 1
        assert answer["ok"] is False
        assert {problem["code"] for problem in answer["problems"]} >= {
            "ENTRY_MISSING",
            "TRIGGER_MISSING",
        }

    def test_leaves_with_2_where_the_key_is_gone(self, register):
        (register / "keys" / "ledger.key").unlink()

        done = xinheng(register, "ledger", "verify", "--json")

        error = json.loads(done.stdout)["error"]
        assert done.returncode == 2
        assert error["code"] == "SIGNING_KEY"
        assert "从备份恢复" in error["message_zh"]

    def test_holds_the_ledger_against_a_checkpoint_kept_elsewhere(
        self, register, tmp_path
    ):
        kept_elsewhere = tmp_path / "checkpoint.txt"
        kept_elsewhere.write_text(xinheng(register, "ledger", "checkpoint").stdout)

        fine = xinheng(register, "ledger", "verify", f"--checkpoint={kept_elsewhere}")
        kept_elsewhere.write_text("nothing of ours")
        wrong = xinheng(register, "ledger", "verify", f"--checkpoint={kept_elsewhere}")

        assert fine.returncode == 0, fine.stdout
        assert wrong.returncode == 1
        assert "CHECKPOINT_UNSIGNED" in wrong.stdout

    def test_leaves_with_2_where_that_file_is_missing(self, register, tmp_path):
        done = xinheng(
            register, "ledger", "verify", "--checkpoint", str(tmp_path / "none")
        )

        assert done.returncode == 2
        assert "can't be read" in done.stderr


class TestCheckpoint:
    def test_prints_the_signed_text_and_nothing_else(self, register):
        done = xinheng(register, "ledger", "checkpoint")

        lines = done.stdout.split("\n")
        assert done.returncode == 0
        assert lines[:2] == ["xinheng.local/ledger", str(size_of(register))]
        assert lines[3] == ""
        assert lines[4].startswith("— xinheng.local/ledger ")
        assert xinheng(register, "ledger", "checkpoint").stdout == done.stdout

    def test_is_refused_where_the_ledger_contradicts_itself(self, register):
        tamper(register, "UPDATE ledger_head SET root = x'00'")

        done = xinheng(register, "ledger", "checkpoint")

        assert done.returncode == 1
        assert done.stdout == ""
        assert "contradicts itself" in done.stderr


class TestHandingOut:
    def test_what_is_handed_out_verifies_without_us(self, register, tmp_path):
        key, out = tmp_path / "key", tmp_path / "tiles"
        key.write_text(xinheng(register, "ledger", "key").stdout)
        (tmp_path / "receipt").write_text(
            xinheng(register, "ledger", "prove", "1").stdout
        )
        done = xinheng(register, "ledger", "tiles", "--out", str(out))

        known = ["--key", str(key)]
        receipt = ["receipt", str(tmp_path / "receipt"), "--tiles", str(out)]
        assert done.returncode == 0
        assert run(tmp_path, str(VERIFIER), "tiles", str(out), *known).returncode == 0
        assert run(tmp_path, str(VERIFIER), *receipt, *known).returncode == 0

    def test_exports_every_entry_a_line(self, register, tmp_path):
        out = tmp_path / "entries.jsonl"
        done = xinheng(register, "ledger", "export", "--out", str(out), "--json")

        entries = [json.loads(line) for line in out.read_text().splitlines()]
        assert json.loads(done.stdout) == {"entries": size_of(register)}
        assert [entry["seq"] for entry in entries] == list(range(size_of(register)))

    def test_proves_nothing_that_is_not_there(self, register):
        done = xinheng(register, "ledger", "prove", "9999")

        assert done.returncode == 1
        assert done.stdout == ""
        assert "no such entry" in done.stderr

    def test_does_not_continue_the_tiles_of_another_ledger(self, register, tmp_path):
        (tmp_path / "checkpoint").write_text("no checkpoint")

        done = xinheng(register, "ledger", "tiles", "--out", str(tmp_path))

        assert done.returncode == 1
        assert "nothing was written" in done.stderr


class TestMessages:
    def test_every_problem_has_words(self):
        from xinheng.apps.ledger.verification import Code
        from xinheng.cli.commands.ledger import MESSAGES

        assert set(MESSAGES) == {code.value for code in Code}


class TestKey:
    def test_prints_the_key_that_signs(self, register):
        done = xinheng(register, "ledger", "key")

        assert done.returncode == 0
        assert done.stdout.startswith("xinheng.local/ledger+")

    def test_is_rotated_lost_and_revoked_and_all_of_it_verifies(
        self, register, tmp_path
    ):
        first = xinheng(register, "ledger", "key").stdout.strip()
        receipt, listed = tmp_path / "receipt.json", tmp_path / "keys.json"
        receipt.write_text(xinheng(register, "ledger", "prove", "0").stdout)

        rotated = xinheng(register, "ledger", "key", "rotate", "--suite=sm2", "--json")
        Path(json.loads(rotated.stdout)["path"]).unlink()
        refused = xinheng(
            register,
            "nil-return",
            "--unit=U10",
            "--dataset=permit",
            "--period=2019-06",
            "--json",
        )
        lost = xinheng(register, "ledger", "key", "lost", "--json")
        last = json.loads(lost.stdout)["public_key"]
        size = str(json.loads(lost.stdout)["size"])
        revoked = xinheng(register, "ledger", "key", "revoke", last.split("+")[1],
                          "--trusted-to", size, "--json")  # fmt: skip
        last = json.loads(revoked.stdout)["public_key"]

        assert refused.returncode != 0
        assert xinheng(register, "ledger", "verify").returncode == 0
        shown = xinheng(register, "ledger", "key", "list").stdout.splitlines()
        assert [line.split("\t")[2] for line in shown] == [
            "ROTATED",
            "LOST",
            f"REVOKED trusted to {size}",
            "",
        ]
        listed.write_text(xinheng(register, "ledger", "key", "list", "--json").stdout)
        call = [VERIFIER, "receipt", receipt, "--key", last, "--keys", listed]
        assert run(register, *map(str, call)).returncode == 0, first

    @pytest.mark.parametrize(
        ("words", "code"),
        [
            (["lost"], "NOT_LOST"),
            (["revoke", "00000000", "--trusted-to", "0"], "UNKNOWN_KEY"),
        ],
    )
    def test_leaves_with_1_and_says_why(self, register, words, code):
        done = xinheng(register, "ledger", "key", *words, "--json")

        assert done.returncode == 1
        assert json.loads(done.stdout)["error"]["code"] == code
