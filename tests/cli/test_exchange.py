"""Exchange on the command line: package, rehearse, send, reconcile, simulator."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from tests.apps.conftest import city as city
from tests.apps.exchange.conftest import landed as landed
from tests.apps.exchange.conftest import world as world
from xinheng.cli import environment
from xinheng.cli.main import cli


@pytest.fixture
def told(landed, settings, tmp_path, monkeypatch):
    """Return what runs a command and returns its exit code and its answer."""
    monkeypatch.setattr(environment, "_set_up", lambda **_: None)
    monkeypatch.setattr(environment, "_has_embedded_file", lambda: True)
    file = tmp_path / "targets.toml"
    file.write_text(
        f'[[target]]\nname = "province"\nprofile = "province-service"\n'
        f'url = "{landed.server.url}"\n',
        "utf-8",
    )
    settings.TARGETS = str(file)

    def run(*arguments):
        done = CliRunner().invoke(cli, [*arguments, "--json"], standalone_mode=False)
        code = getattr(done.exception, "code", done.exit_code)
        return code, json.loads(done.stdout)

    return run


class TestCommands:
    def test_package_writes_files_and_a_manifest(self, told, tmp_path):
        code, made = told("package", "province", "--out", str(tmp_path / "out"))

        assert (code, made["packages"][0]["rows"]) == (0, 6)
        manifest = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))
        assert manifest == made
        again = told("package", "province", "--out", str(tmp_path / "again"))[1]
        assert again["packages"] == made["packages"]

    def test_send_and_reconcile_balance(self, told, landed):
        code, sent = told("send")
        assert (code, sent["targets"][0]["accepted"]) == (0, 6)

        code, known = told("reconcile", "--ask")

        one = known["targets"][0]
        assert (code, one["due"], one["accepted"], one["open"]) == (0, 6, 6, 0)
        assert one["compared"] == {"asked": 6, "missing": 0, "is_told": True}

    def test_say_by_their_exit_code_that_something_was_refused(self, told, landed):
        landed.rules(mismatch_of=1)

        assert told("send", "province")[0] == 1
        assert told("reconcile")[0] == 1

    def test_rehearse_tells_what_would_be_refused_and_sends_nothing(self, told, landed):
        code, found = told("rehearse", "province", "--trouble", "rows", "--seed", "3")
        assert (code, found["rows"], found["accepted"]) == (0, 6, 6)

        asked = ("--trouble", "mismatch", "--seed", "3", "--rows", "6")
        found = told("rehearse", "national-template", *asked)[1]

        assert found["rows"] == found["accepted"] + found["refused"]
        assert landed.platform.packages == 0

    @pytest.mark.parametrize(
        ("arguments", "error"),
        [
            (("send", "nobody"), "UNKNOWN_TARGET"),
            (("rehearse", "nobody"), "UNKNOWN_TARGET"),
        ],
    )
    def test_say_whom_they_do_not_know(self, told, arguments, error):
        code, answer = told(*arguments)

        assert (code, answer["error"]["code"]) == (2, error)

    def test_say_what_is_wrong_with_the_file_of_targets(self, told, settings, tmp_path):
        for text, part in (
            ('[[target]]\nname = "a"\nprofile = "x"', "no profile"),
            ('[[target]]\nname = "a"\nprofile = "province-service"', "url is missing"),
            ('[[target]]\nname = "a"\nhost = "x"', "unknown value: host"),
            ("[target]", "two brackets"),
            ("=", "TOML"),
        ):
            (tmp_path / "targets.toml").write_text(text, "utf-8")

            code, answer = told("send")

            assert (code, answer["error"]["code"]) == (2, "TARGETS")
            assert part in answer["error"]["message_en"]

    def test_refuse_an_address_inside(self, told, settings):
        settings.EXCHANGE_NETWORKS = []

        code, answer = told("send")

        assert (code, answer["error"]["code"]) == (1, "ADDRESS_INNER_ADDRESS")


class TestSimulator:
    def test_says_which_profiles_it_does_not_know(self):
        done = CliRunner().invoke(cli, ["simulator", "--profile", "nobody"])

        assert done.exit_code == 2
        assert "nobody" in done.stderr
