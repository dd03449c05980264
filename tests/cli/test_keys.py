"""xinheng keys on the command line."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result
from django.utils import timezone

from tests.factories.accounts import add_unit
from xinheng.apps.accounts import queries
from xinheng.cli.commands import keys

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "prepare", lambda directory, as_json: None)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(keys.command, arguments)


def issue() -> dict[str, str]:
    add_unit("a")
    done = run("issue", "--unit", "a", "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def holds(token: str) -> bool:
    found = queries.find_service_actor(token=token, at=timezone.now())
    return found is not None


class TestIssue:
    def test_shows_the_key_this_once(self):
        issued = issue()

        listed = run("list").stdout + run("list", "--json").stdout

        assert holds(issued["token"])
        assert issued["prefix"] in listed
        assert issued["token"] not in listed

    def test_leaves_with_2_where_the_unit_is_unknown(self):
        done = run("issue", "--unit", "nowhere", "--json")

        assert done.exit_code == 2
        assert json.loads(done.stdout)["error"]["code"] == "UNKNOWN_UNIT"

    def test_leaves_with_2_where_the_term_is_too_long(self):
        add_unit("a")

        assert run("issue", "--unit", "a", "--days", "401").exit_code == 2


class TestRevoke:
    def test_ends_the_key(self):
        issued = issue()

        done = run("revoke", issued["prefix"])

        assert done.exit_code == 0
        assert not holds(issued["token"])

    def test_leaves_with_2_where_the_key_is_unknown(self):
        done = run("revoke", "xhk_00000000", "--json")

        assert done.exit_code == 2
        assert json.loads(done.stdout)["error"]["code"] == "UNKNOWN_KEY"


class TestRotate:
    def test_lets_both_hold_for_a_day(self):
        former = issue()

        done = run("rotate", former["prefix"], "--json")

        assert holds(json.loads(done.stdout)["token"])
        assert holds(former["token"])

    def test_leaves_with_1_where_the_key_is_over(self):
        former = issue()
        run("revoke", former["prefix"])

        done = run("rotate", former["prefix"], "--json")

        assert done.exit_code == 1
        assert json.loads(done.stdout)["error"]["code"] == "NOT_IN_FORCE"


class TestList:
    def test_lists_one_units_keys(self):
        issue()
        add_unit("b")
        run("issue", "--unit", "b")

        listed = json.loads(run("list", "--unit", "b", "--json").stdout)

        assert [key["unit"] for key in listed["keys"]] == ["b"]
