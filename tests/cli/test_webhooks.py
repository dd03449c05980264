"""Webhooks of units on the command line."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from tests.apps.conftest import city as city
from xinheng.apps.outbox import webhooks
from xinheng.cli import environment
from xinheng.cli.main import cli


@pytest.fixture(autouse=True)
def _prepared(city, monkeypatch):
    monkeypatch.setattr(environment, "_set_up", lambda **_: None)


def run(*arguments):
    done = CliRunner().invoke(cli, ["webhooks", *arguments, "--json"])
    return done.exit_code, json.loads(done.stdout)


class TestWebhooks:
    def test_are_refused_where_they_lead_inside(self):
        status, told = run("add", "u25", "--unit", "U25", "--url", "https://127.0.0.1/")

        assert (status, told["error"]["code"]) == (1, "WEBHOOK_INNER_ADDRESS")
        assert "内部网络" in told["error"]["message_zh"]

    @pytest.mark.parametrize(
        ("name", "unit", "status", "code"),
        [("U 25", "U25", 1, "WEBHOOK_NAME"), ("u25", "U99", 2, "UNKNOWN_UNIT")],
    )
    def test_need_a_name_and_a_unit(self, name, unit, status, code):
        told = run("add", name, "--unit", unit, "--url", "https://example.org/")

        assert (told[0], told[1]["error"]["code"]) == (status, code)

    def test_are_listed_and_removed(self, settings):
        settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
        asked = ("--unit", "U25", "--url", "http://127.0.0.1:9/")

        _, added = run("add", "u25", *asked)
        _, listed = run("list")
        run("remove", "u25")

        assert added["secret"] == webhooks.secrets_of("u25")[0]
        assert listed["webhooks"][0]["unit"] == "U25"
        assert run("list")[1]["webhooks"] == []
        assert run("remove", "u25")[1]["error"]["code"] == "UNKNOWN_WEBHOOK"
        assert run("requeue", "nothing")[1]["error"]["code"] == "NOT_GIVEN_UP"
