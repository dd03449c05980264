"""Failures of the command line: one line or one object, exit 2, never a traceback."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from tests.factories import files

COMMAND = [sys.executable, "-m", "xinheng"]


def run(*arguments, **change):
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, env=embedded(**change), timeout=120
    )


def embedded(**change):
    """Return the environment of a process on a database of its own."""
    kept = {key: text for key, text in os.environ.items() if key != "DATABASE_URL"}
    return {**kept, **change}


def submit(path, directory, *more, **change):
    return run(
        "submit",
        path,
        "--dataset=permit",
        "--unit=U01",
        f"--dir={directory}",
        "--json",
        *more,
        **change,
    )


def code(done):
    assert (done.returncode, b"Traceback" in done.stderr) == (2, False), done.stderr
    error = json.loads(done.stdout)["error"]
    assert error["message_zh"]
    assert error["message_en"]
    assert "\n" not in error["message_zh"] + error["message_en"]
    return error["code"]


@pytest.fixture(scope="module")
def permits(tmp_path_factory):
    path = tmp_path_factory.mktemp("files") / "permits.csv"
    return files.write_csv(path, files.permit_rows(5))


@pytest.fixture(scope="module")
def founded(tmp_path_factory, permits):
    """A register that has been used once."""
    directory = tmp_path_factory.mktemp("register")
    assert submit(permits, directory).returncode == 1  # nobody is registered yet
    return directory


@pytest.fixture
def register(founded, tmp_path):
    return shutil.copytree(founded, tmp_path / "register")


class TestSubmit:
    def test_takes_a_file_name_in_another_encoding(self, register, permits, tmp_path):
        named = os.fsencode(tmp_path) + "/五月.csv".encode("gb18030")
        shutil.copy(permits, named)

        assert json.loads(submit(named, register).stdout)["rows_read"] == 5

    def test_tells_of_an_argument_that_is_no_text(self, register, permits):
        assert code(submit(permits, register, b"--unit=\xff")) == "ENCODING"

    def test_tells_of_a_key_that_is_gone(self, register, permits):
        (register / "keys" / "ledger.key").unlink()

        registered = files.write_register(register / "register.csv", count=3)

        handed_in = submit(permits, register)
        imported = run("import", registered, f"--dir={register}", "--json")

        assert (code(handed_in), code(imported)) == ("SIGNING_KEY", "SIGNING_KEY")
        assert [path.name for path in (register / "staging").iterdir()] == ["uploads"]

    def test_tells_of_a_broken_database(self, register, permits):
        (register / "xinheng.sqlite3").write_bytes(b"no database at all" * 500)

        assert code(submit(permits, register)) == "DATABASE"

    def test_tells_of_a_database_that_refuses_to_write(self, register, permits):
        with sqlite3.connect(register / "xinheng.sqlite3") as database:
            database.execute(
                "CREATE TRIGGER no_more BEFORE INSERT ON intake_submission"
                " BEGIN SELECT RAISE(ABORT, 'no more'); END"
            )
        database.close()

        done = submit(permits, register)

        assert code(done) == "DATABASE"
        assert not list((register / "staging").glob("*/content*"))

    def test_leaves_an_older_database_alone(self, register, permits):
        with sqlite3.connect(register / "xinheng.sqlite3") as database:
            database.execute("DELETE FROM django_migrations WHERE app = 'intake'")
        database.close()

        assert code(submit(permits, register)) == "MIGRATIONS"

    def test_goes_on_where_the_first_migration_was_killed(self, tmp_path, permits):
        directory = tmp_path / "new"
        half = (
            "import django; django.setup()\n"
            "from django.core.management import call_command\n"
            "call_command('migrate', 'units', verbosity=0)"
        )
        environment = embedded(
            DJANGO_SETTINGS_MODULE="xinheng.project.settings",
            XINHENG_DIR=str(directory),
        )
        subprocess.run(
            [sys.executable, "-c", half],
            env=environment,
            check=True,
            timeout=120,
        )

        done = submit(permits, directory)

        assert json.loads(done.stdout)["rows_read"] == 5

    @pytest.mark.parametrize(
        "url", ["foo", "mysql://a@b/c", "postgres://x@127.0.0.1:1/y"]
    )
    def test_tells_of_an_address_that_is_none(self, tmp_path, permits, url):
        done = submit(permits, tmp_path / "new", DATABASE_URL=url)

        assert code(done) in {"SETTINGS", "DATABASE"}

    def test_tells_of_a_directory_that_is_a_file(self, permits):
        done = run(
            "submit",
            permits,
            "--dataset=permit",
            "--unit=U01",
            "--json",
            XINHENG_DIR=str(permits),
        )

        assert code(done) == "DIRECTORY"


class TestCheck:
    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
    def test_tells_that_its_answer_could_not_be_written(self, permits):
        with open("/dev/full", "wb") as full:
            done = subprocess.run(
                [*COMMAND, "check", permits, "--dataset=permit", "--json"],
                stdout=full,
                stderr=subprocess.PIPE,
                timeout=60,
            )

        assert done.returncode == 2
        assert b"Traceback" not in done.stderr

    def test_ends_quietly_when_nobody_reads_on(self, permits):
        command = subprocess.Popen(
            [*COMMAND, "check", permits, "--dataset=permit"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert command.stdout is not None
        command.stdout.close()
        assert command.stderr is not None
        told = command.stderr.read()
        command.stderr.close()
        command.wait(60)

        assert told == b""

    def test_counts_days_as_in_china(self, tmp_path):
        """Whatever the machine's own zone is, as the register would."""
        today = datetime.now(timezone(timedelta(hours=8))).date()
        rows = files.permit_rows(1)
        rows[0]["许可决定日期"] = f"{today:%Y-%m-%d}"
        path = files.write_csv(tmp_path / "p.csv", rows)
        for zone in ("Etc/GMT+12", "Etc/GMT-14"):
            done = run("check", path, "--dataset=permit", "--json", TZ=zone)
            assert "DATE_FUTURE" not in json.loads(done.stdout)["findings"]


class TestADirectoryWithoutARegister:
    @pytest.mark.parametrize("call", [["ledger", "verify"], ["bulletin", "2019-05"]])
    def test_is_told_apart_and_left_as_it_is(self, tmp_path, call):
        done = run(*call, f"--dir={tmp_path / 'mistyped'}", "--json")

        assert done.returncode == 2
        assert json.loads(done.stdout)["error"]["code"] == "NO_REGISTER"
        assert list(tmp_path.iterdir()) == []
