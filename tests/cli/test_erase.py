"""`xinheng erase`: what it asks for, what it refuses, what it says."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from xinheng.cli.main import cli

BECAUSE = ["--basis", "COURT_ORDER", "--citation", "(2019)示01行终1号"]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["erase", *arguments, "--json"])


def code(result: Result) -> str:
    return str(json.loads(result.stdout)["error"]["code"])


class TestErase:
    def test_needs_to_be_told_what(self):
        result = run(*BECAUSE)

        assert (result.exit_code, code(result)) == (2, "NOTHING_NAMED")

    def test_needs_a_basis_that_it_knows(self):
        assert run("--entry", "1", "--basis", "MOOD", "--citation", "x").exit_code == 2


class TestFind:
    @pytest.mark.parametrize("name", ["", "12", "x.1", "1.2.3", "-1.1"])
    def test_refuses_a_name_that_is_none(self, db, name, capsys):
        from xinheng.cli import erasing

        asked = erasing.Asked((name,), None, None, (), (), "COURT_ORDER", "x")

        with pytest.raises(SystemExit) as left:
            erasing.erase(asked, dry_run=False, as_json=True)
        assert left.value.code == 2
        assert json.loads(capsys.readouterr().out)["error"]["code"] == "RECORD_NAME"

    @pytest.mark.parametrize(
        ("records", "entries", "told"),
        [(("999.1",), (), "NOTHING_TO_ERASE"), ((), (99_999,), "ENTRY_KEPT")],
    )
    def test_refuses_what_is_not_there(self, db, records, entries, told, capsys):
        from xinheng.cli import erasing

        asked = erasing.Asked(records, None, None, entries, (), "COURT_ORDER", "x")

        with pytest.raises(SystemExit) as left:
            erasing.erase(asked, dry_run=False, as_json=True)
        assert left.value.code == 1
        assert json.loads(capsys.readouterr().out)["error"]["code"] == told

    def test_refuses_a_subject_that_is_none(self, capsys, db):
        from xinheng.cli import erasing

        asked = erasing.Asked((), None, None, (), ("listing:9",), "COURT_ORDER", "x")

        with pytest.raises(SystemExit) as left:
            erasing.erase(asked, dry_run=False, as_json=True)
        assert left.value.code == 1
        assert json.loads(capsys.readouterr().out)["error"]["code"] == "SUBJECT_NAME"
