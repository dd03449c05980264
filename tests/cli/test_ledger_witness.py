"""A second process follows the ledger over HTTP, agrees, and refuses a fork."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.cli.test_ledger import APPEND, run, tamper, xinheng
from xinheng.cli import witnessing
from xinheng.cli.ledger_witness import WORDS

HALVED = (
    "import django; django.setup()\n"
    "from django.db import connection\n"
    "from xinheng.apps.ledger import guards\n"
    "guards.remove(connection)\n"
)


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("register")
    done = xinheng(
        directory, "nil-return", "--unit=U10", "--dataset=permit", "--period=2019-05"
    )
    assert done.returncode == 0, done.stderr
    return directory


@pytest.fixture(scope="module")
def site(founded: Path) -> Iterator[str]:
    """The main instance, served by a process of its own on the loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "XINHENG_DIR": str(founded),
        "XINHENG_SECRET_KEY": "only-for-the-test-suite-and-long-enough-to-pass-it",
        "XINHENG_INSECURE_HTTP": "1",
        "XINHENG_HOSTS": "127.0.0.1",
        "DJANGO_SETTINGS_MODULE": "xinheng.project.settings",
    }
    environment.pop("DATABASE_URL", None)
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "uvicorn", "xinheng.project.asgi:application"),
            *("--host", "127.0.0.1", "--port", str(port), "--log-level", "error"),
        ],
        env=environment,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{url}/healthz")
        yield url
    finally:
        server.terminate()
        server.wait(30)


def _wait_for(url: str) -> None:
    for _ in range(300):
        try:
            if httpx.get(url, timeout=1).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise TimeoutError(url)


def asked(directory: Path, *words: str) -> tuple[int, dict[str, object]]:
    """Run a command as an operator does: nothing of Django is in the environment."""
    environment = os.environ | {
        "XINHENG_DIR": str(directory),
        "XINHENG_SECRET_KEY": "only-for-the-test-suite",
    }
    for name in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE"):
        environment.pop(name, None)
    main = "from xinheng.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", main, "ledger", "witness", *words, "--json"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, json.loads(done.stdout)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "witness"


class TestRun:
    def test_agrees_to_what_continues_and_refuses_a_fork(
        self, founded: Path, site: str, home: Path
    ) -> None:
        key = xinheng(founded, "ledger", "key").stdout.strip()
        follow = ("run", "--follow", site, "--key", key, "--home", str(home))
        _, made = asked(founded, "create", "--home", str(home), "--name", "audit/w1")

        unknown = asked(founded, *follow)
        added = asked(founded, "add", str(made["public_key"]))
        grown = asked(founded, *follow)
        again = asked(founded, *follow)
        status = asked(founded, "status")
        forked = self.forge(founded, again[1], key, follow)

        assert (unknown[0], unknown[1]["taken"]) == (0, False)
        assert added[0] == 0
        assert (grown[1]["new"], grown[1]["taken"]) == (True, True)
        assert (again[1]["new"], again[1]["taken"]) == (False, True)
        assert status[0] == 0
        assert status[1]["witnesses"][0]["size"] == grown[1]["size"]
        page = httpx.get(f"{site}/ledger/").text
        assert "audit/w1" in page
        assert forked[0] == 1
        assert forked[1]["error"]["code"] == "FORKED"
        (evidence,) = (home / "evidence").iterdir()
        kept = json.loads(evidence.read_text())
        assert kept["seen"] != kept["offered"]
        assert kept["seen"].split("\n")[1] == kept["offered"].split("\n")[1]

    @staticmethod
    def forge(directory: Path, agreed, key: str, follow: tuple[str, ...]):
        """Write another past of the same length, signed by the right key."""
        assert run(directory, "-c", HALVED).returncode == 0
        size = int(agreed["size"])
        tamper(
            directory,
            *(f"DELETE FROM ledger_{t}" for t in ("cosignature", "checkpoint", "key")),
            "DELETE FROM ledger_node",
            "DELETE FROM ledger_entry",
            "UPDATE ledger_head SET size = 0, note = '', root = x'"
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'",
        )
        forged = APPEND.replace("range(3)", f"range({size})")
        done = run(directory, "-c", forged)
        assert done.returncode == 0, done.stderr
        database = sqlite3.connect(directory / "xinheng.sqlite3")
        (length,) = database.execute("SELECT size FROM ledger_head").fetchone()
        database.close()
        assert length == size
        return asked(directory, *follow)

    def test_agrees_to_nothing_without_a_key_that_it_trusts(
        self, founded: Path, site: str, home: Path
    ) -> None:
        _, made = asked(founded, "create", "--home", str(home), "--name", "audit/w1")
        other = witnessing.create(home / "other", "audit/w2")

        code, answer = asked(
            founded, "run", "--follow", site, "--key", other, "--home", str(home)
        )

        assert (code, answer["error"]["code"]) == (1, "UNSIGNED")
        assert made["public_key"]
        assert not (home / "seen").exists()


class TestBadCalls:
    @pytest.mark.parametrize(
        ("words", "code"),
        [
            (["run", "--follow", "file:///etc/passwd", "--key", "k"], "URL"),
            (["run", "--follow", "http://127.0.0.1:1", "--key", "k"], "KEY"),
            (["run", "--follow", "http://127.0.0.1:1", "--key", "KEY"], "NO_WITNESS"),
            (["create", "--name", "a b"], "NAME"),
        ],
    )
    def test_leave_with_2(self, tmp_path: Path, words: list[str], code: str) -> None:
        key = witnessing.create(tmp_path / "other", "audit/w2")
        words = [key if word == "KEY" else word for word in words]

        exit_code, answer = asked(tmp_path, *words, "--home", str(tmp_path / "w"))

        assert (exit_code, answer["error"]["code"]) == (2, code)

    def test_nobody_there_leaves_with_1(self, tmp_path: Path) -> None:
        home = tmp_path / "w"
        key = witnessing.create(home, "audit/w2")

        exit_code, answer = asked(
            tmp_path,
            *("run", "--follow", "http://127.0.0.1:1", "--key", key),
            *("--home", str(home)),
        )

        assert (exit_code, answer["error"]["code"]) == (1, "UNREACHABLE")

    def test_every_code_has_its_words(self) -> None:
        assert all(zh and en for zh, en in WORDS.values())
