"""xinheng doctor, and the restore drill that it asks for."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from xinheng.apps.custody import queries
from xinheng.apps.custody.runbooks import runbooks
from xinheng.cli import drilling
from xinheng.cli.commands import doctor, restore
from xinheng.cli.main import main


@pytest.fixture(autouse=True)
def _prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (doctor, restore):
        monkeypatch.setattr(module, "prepare", lambda *_, **__: None)


@pytest.fixture
def city(db, settings, tmp_path) -> None:
    from tests.factories import city as cities

    cities.found(tmp_path, settings)


class TestDoctor:
    def test_tells_every_condition_and_that_something_is_to_be_done(self, city):
        done = CliRunner().invoke(doctor.command, ["--json"])

        answer = json.loads(done.stdout)
        assert done.exit_code == 1
        assert answer["ok"] is False
        assert [each["code"] for each in answer["conditions"]] == list(runbooks())
        backup_line = next(
            each for each in answer["conditions"] if each["code"] == "backup_age"
        )
        assert backup_line == {
            "code": "backup_age",
            "state": "bad",
            "value": None,
            "unit": "seconds",
            "runbook": "docs/how-to/runbooks.md#backup_age",
        }

    def test_tells_people_what_to_do(self, city):
        done = CliRunner().invoke(doctor.command, [])

        assert "BAD  backup_age  最近一次备份 The last backup" in done.stdout
        assert "xinheng backup --out" in done.stdout

    def test_is_content_where_nothing_is_to_be_done(self, city, monkeypatch):
        from xinheng.cli import examining

        monkeypatch.setattr(examining, "examine", lambda: ())

        done = CliRunner().invoke(doctor.command, ["--json"])

        assert (done.exit_code, json.loads(done.stdout)["ok"]) == (0, True)


def test_a_wrong_call_is_one_line(monkeypatch, tmp_path, capsys):
    monkeypatch.undo()
    monkeypatch.setattr("sys.argv", ["xinheng", "doctor", "--nothing"])

    with pytest.raises(SystemExit) as left:
        main()

    assert left.value.code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.django_db
class TestDrill:
    """The outcome; `tests/cli/test_demo.py` brings a whole city back."""

    def test_notes_what_came_back_and_what_did_not_and_leaves_nothing(
        self, city, tmp_path, monkeypatch
    ):
        kept = tmp_path / "kept"
        kept.mkdir()
        (kept / "manifest.json").write_bytes(b"{}")
        places: list[Path] = []

        def restore_nothing(backup: Path, place: Path) -> tuple[bool, dict]:
            assert (place / "keys" / "ledger.key").is_file()
            places.append(place)
            return len(places) == 1, {"error": {"code": "BACKUP_DAMAGED"}}

        monkeypatch.setattr(drilling, "_restore", restore_nothing)

        good = CliRunner().invoke(restore.command, [str(kept), "--drill", "--json"])
        bad = CliRunner().invoke(restore.command, [str(kept), "--drill"])

        assert (good.exit_code, bad.exit_code) == (0, 1)
        assert json.loads(good.stdout)["passed"] is True
        assert "演练失败" in bad.stdout
        digest = hashlib.sha256(b"{}").hexdigest()
        assert queries.last_drill().body == {"manifest_sha256": digest}
        assert queries.last_failed_drill().body["reason"] == "BACKUP_DAMAGED"
        assert not [place for place in places if place.exists()]
