"""xinheng user on the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.factories.accounts import PASSWORD, add_unit, set_up_second_factor
from xinheng.apps.accounts import mandates, operations, service_keys
from xinheng.apps.accounts.models import User
from xinheng.apps.ledger import queries as ledger
from xinheng.cli import refusal_texts
from xinheng.cli.commands import user


@pytest.fixture(autouse=True)
def _prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(user, "prepare", lambda directory, as_json: None)


def run(*arguments: str, typed: str = f"{PASSWORD}\n") -> Result:
    return CliRunner().invoke(user.command, arguments, input=typed)


def create(username: str = "wang") -> str:
    done = run("create", username, "--name", "示例甲", "--password-stdin", "--json")
    assert done.exit_code == 0, done.output
    return str(json.loads(done.stdout)["account"])


def error_of(done: Result) -> dict[str, str]:
    return json.loads(done.stdout)["error"]


@pytest.mark.django_db
class TestCreate:
    def test_prints_the_opaque_id(self):
        account = create()

        assert str(User.objects.get().pk) == account
        assert ledger.get_entry(0).actor == "operator"

    def test_asks_twice_for_the_password_and_shows_it_never(self):
        typed = f"{PASSWORD}\n{PASSWORD}\n"

        done = run("create", "wang", "--name", "示例甲", typed=typed)

        assert done.exit_code == 0
        assert PASSWORD not in done.output

    def test_takes_no_password_as_an_argument(self):
        done = run("create", "wang", "--name", "示例甲", "--password", PASSWORD)

        assert done.exit_code == 2
        assert not User.objects.exists()

    def test_leaves_with_1_where_the_password_is_weak(self):
        done = run(
            *("create", "wang", "--name", "甲", "--password-stdin", "--json"),
            typed="short\n",
        )

        assert done.exit_code == 1
        assert error_of(done)["code"] == "PASSWORD_TOO_SHORT"

    def test_leaves_with_1_where_the_name_is_taken(self):
        create()

        done = run("create", "wang", "--name", "乙", "--password-stdin")

        assert done.exit_code == 1
        assert "账号名已被使用" in done.stderr
        assert done.stdout == ""


@pytest.mark.django_db
class TestLink:
    def test_links_a_subject_to_one_account(self, settings):
        settings.OIDC_ISSUER = "https://login.example.org"
        create()
        create("chen")

        first = run("link", "wang", "--subject", "s1", "--json")
        again = run("link", "wang", "--subject", "s1", "--json")
        other = run("link", "chen", "--subject", "s1", "--json")

        assert (first.exit_code, again.exit_code, other.exit_code) == (0, 0, 1)
        assert error_of(other)["code"] == "IDENTITY_TAKEN"
        assert "s1" not in str([each.body for each in ledger.list_entries()])


@pytest.mark.django_db
class TestGrant:
    def test_grants_by_the_units_name(self):
        add_unit("a")
        create()

        done = run("grant", "wang", "--role", "clerk", "--unit", "示例市a", "--json")

        assert done.exit_code == 0, done.output
        [account] = json.loads(run("list", "--json").stdout)["accounts"]
        assert [mandate["unit"] for mandate in account["mandates"]] == ["a"]

    def test_grants_a_deputys_mandate(self):
        create("principal")
        create("deputy")
        run("grant", "principal", "--role", "credit-office")

        done = run(
            *("grant", "deputy", "--role", "credit-office"),
            *("--deputy-for", "principal", "--expires-on", "2999-01-01"),
        )

        assert done.exit_code == 0, done.output

    def test_leaves_with_1_where_a_rule_forbids_it(self):
        create()
        run("grant", "wang", "--role", "credit-office")

        done = run("grant", "wang", "--role", "administrator", "--json")

        assert done.exit_code == 1
        assert error_of(done)["code"] == "SEPARATION"

    @pytest.mark.parametrize(
        ("arguments", "code"),
        [
            (("nobody", "--role", "credit-office"), "UNKNOWN_ACCOUNT"),
            (("wang", "--role", "clerk", "--unit", "nowhere"), "UNKNOWN_UNIT"),
        ],
    )
    def test_leaves_with_2_where_a_name_is_unknown(self, arguments, code: str):
        create()

        done = run("grant", *arguments, "--json")

        assert done.exit_code == 2
        assert error_of(done)["code"] == code

    def test_reads_a_day_as_it_is_written_in_the_law(self):
        create()

        done = run("grant", "wang", "--role", "clerk", "--expires-on", "1.6.2019")

        assert done.exit_code == 2


@pytest.mark.django_db
class TestEnd:
    def test_ends_the_mandate(self):
        create()
        granted = run("grant", "wang", "--role", "credit-office", "--json")
        mandate = str(json.loads(granted.stdout)["mandate"])

        done = run("end", "wang", mandate, "--on", "2999-01-01")

        assert done.exit_code == 0, done.output
        assert "2999-01-01" in run("list").stdout

    def test_leaves_with_2_where_it_is_another_accounts(self):
        create()
        create("other")
        granted = run("grant", "wang", "--role", "credit-office", "--json")
        mandate = str(json.loads(granted.stdout)["mandate"])

        done = run("end", "other", mandate, "--json")

        assert done.exit_code == 2
        assert error_of(done)["code"] == "UNKNOWN_MANDATE"


@pytest.mark.django_db
class TestOtherActs:
    def test_set_a_password(self):
        create()

        done = run("set-password", "wang", "--password-stdin", typed="a-new-long-one\n")

        assert done.exit_code == 0
        assert User.objects.get().check_password("a-new-long-one")

    def test_reset_a_second_factor(self):
        set_up_second_factor(create())

        run("reset-second-factor", "wang")

        listed = json.loads(run("list", "--json").stdout)
        assert listed["accounts"][0]["second_factor"] is False

    def test_disable_then_erase_the_name(self):
        create()

        early = run("erase-name", "wang", "--json")
        disabled = run("disable", "wang")
        erased = run("erase-name", "wang")

        assert error_of(early)["code"] == "STILL_ACTIVE"
        assert (early.exit_code, disabled.exit_code, erased.exit_code) == (1, 0, 0)
        assert "示例甲" not in run("list").stdout

    def test_disable_once(self):
        create()
        run("disable", "wang")

        assert run("disable", "wang").exit_code == 2


class TestTexts:
    def test_say_something_for_every_reason(self):
        reasons = {
            *operations.Reason,
            *mandates.Reason,
            *service_keys.Reason,
            "password_too_short",
            "password_too_long",
            "password_too_common",
            "password_too_similar",
        }

        assert reasons == set(refusal_texts.TEXTS)


class TestProcess:
    def test_begins_with_an_empty_directory(self, tmp_path: Path):
        command = "from xinheng.cli.main import main; main()"
        arguments = ("user", "create", "wang", "--name", "示例甲", "--password-stdin")

        done = subprocess.run(
            [sys.executable, "-c", command, *arguments, "--json", "--dir", tmp_path],
            input=f"{PASSWORD}\n",
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": ""},
        )

        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["username"] == "wang"
        assert PASSWORD not in done.stderr
