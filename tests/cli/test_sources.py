"""`xinheng sources`, and the worker that drains them."""

from __future__ import annotations

import json
import os

import pytest
from click.testing import CliRunner

from tests.apps.conftest import city as city
from tests.factories import files
from xinheng.apps.intake.models import SourceState, Submission
from xinheng.cli import environment, serving, sources
from xinheng.cli.commands.sources import command

pytestmark = pytest.mark.django_db


@pytest.fixture
def inbox(city, settings, tmp_path, monkeypatch):
    """A configured folder with one complete file in it."""
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    files.write_csv(inbox / "permits.csv", files.permit_rows(2))
    (inbox / "permits.csv.done").touch()
    config = tmp_path / "sources.toml"
    config.write_text(
        f'[[folder]]\nname = "front-end"\npath = "{inbox}"\nunit = "U01"\n'
        'dataset = "permit"\ndone_suffix = ".done"\n',
        encoding="utf-8",
    )
    settings.SOURCES = str(config)
    monkeypatch.setattr(environment, "_set_up", lambda **_: None)
    return inbox


def call(*arguments):
    return CliRunner().invoke(command, arguments)


class TestSources:
    def test_are_listed_run_and_checked(self, inbox):
        before = json.loads(call("list", "--json").stdout)["sources"][0]
        ran = json.loads(call("run", "front-end", "--json").stdout)
        after = json.loads(call("list", "--json").stdout)["sources"][0]
        checked = call("check", "--json")

        assert (before["kind"], before["last_run_at"]) == ("folder", None)
        assert ran["submissions"] == [after["last_submission"]]
        assert after["last_error"] == ""
        assert checked.exit_code == 0
        assert json.loads(checked.stdout)["sources"][0]["warnings"] == []

    def test_are_told_to_a_person_too(self, inbox):
        assert call("list").stdout.startswith("front-end\t")
        assert "ok" in call("run", "front-end").stdout
        assert "ok" in call("check").stdout

    def test_leave_with_1_where_one_can_not_be_reached(self, inbox):
        os.rename(inbox, f"{inbox}-elsewhere")

        assert call("check").exit_code == 1
        assert call("run", "front-end").exit_code == 1

    def test_leave_with_2_where_the_file_is_wrong(self, inbox, settings):
        assert call("run", "other", "--json").exit_code == 2
        settings.SOURCES = str(inbox / "nothing.toml")

        wrong = call("list", "--json")

        assert wrong.exit_code == 2
        assert json.loads(wrong.stdout)["error"]["code"] == "SOURCES"


class TestWorker:
    def test_drains_what_is_due(self, inbox):
        serving._work_off(sources.Machines())

        assert Submission.objects.get().origin == "FOLDER"
        assert SourceState.objects.get().last_error == ""

    def test_goes_on_where_a_source_fails(self, inbox):
        os.rename(inbox, f"{inbox}-elsewhere")

        assert serving._work_off(sources.Machines()) is False

        assert SourceState.objects.get().last_error == "FOLDER_UNREADABLE"
