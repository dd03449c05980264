"""xinheng rulebook on the command line."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from tests.factories.accounts import PASSWORD
from xinheng.apps.law import queries
from xinheng.cli import administering, adopting
from xinheng.cli.commands import rulebook
from xinheng.rulebook import checking
from xinheng.rulebook.failures import RulebookError


@pytest.fixture
def persons(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rulebook, "prepare", lambda directory, as_json: None)
    for name in ("wang", "zhang"):
        administering.create_account(
            username=name, password=PASSWORD, display_name="示例", email=""
        )


def run(*arguments: str) -> Result:
    return CliRunner().invoke(rulebook.command, [*arguments, "--json"])


def propose() -> int:
    done = run("adopt", "--lawyer", "示例律师", "--by", "wang")
    assert done.exit_code == 0, done.output
    return int(json.loads(done.stdout)["adoption"])


class TestCheck:
    def test_prints_the_digest_of_a_rulebook_that_can_stand(self):
        done = run("check")

        assert done.exit_code == 0
        assert len(json.loads(done.stdout)["digest"]) == 64

    def test_names_each_mistake(self, monkeypatch):
        mistake = RulebookError(file="a.toml", problem="is wrong")
        monkeypatch.setattr(checking, "mistakes", lambda: (mistake,))

        done = run("check")

        assert done.exit_code == 1
        assert json.loads(done.stdout)["mistakes"] == ["a.toml: is wrong"]


@pytest.mark.usefixtures("persons")
class TestAdopt:
    def test_takes_effect_once_a_second_person_confirms(self):
        number = propose()

        done = run("adopt", "--confirm", str(number), "--by", "zhang")

        adopted = json.loads(done.stdout)
        assert (done.exit_code, adopted["adopted"]) == (0, True)
        assert [each.lawyer for each in queries.list_adoptions()] == ["示例律师"]

    def test_refuses_the_same_person(self):
        done = run("adopt", "--confirm", str(propose()), "--by", "wang")

        assert done.exit_code == 1
        assert json.loads(done.stdout)["error"]["code"] == "SAME_PERSON"

    @pytest.mark.parametrize(
        ("arguments", "code"),
        [
            (("--lawyer", "示例律师", "--by", "zhao"), "UNKNOWN_ACCOUNT"),
            (("--confirm", "7", "--by", "zhang"), "UNKNOWN_ADOPTION"),
        ],
    )
    def test_names_what_is_not_there(self, arguments, code):
        done = run("adopt", *arguments)

        assert done.exit_code == 2
        assert json.loads(done.stdout)["error"]["code"] == code

    @pytest.mark.parametrize("both", [(), ("--lawyer", "示例律师", "--confirm", "1")])
    def test_needs_one_of_its_two_forms(self, both):
        assert run("adopt", *both, "--by", "zhang").exit_code == 2

    def test_has_a_text_for_every_refusal(self):
        from xinheng.apps.law.operations import Refused

        assert set(adopting.TEXTS) == set(Refused)


@pytest.mark.usefixtures("persons")
class TestDiff:
    def test_says_that_none_was_adopted(self):
        done = run("diff")

        assert done.exit_code == 1
        assert json.loads(done.stdout)["error"]["code"] == "NOT_ADOPTED"

    def test_is_empty_for_the_adopted_edition(self):
        run("adopt", "--confirm", str(propose()), "--by", "zhang")

        done = run("diff")

        assert (done.exit_code, json.loads(done.stdout)["changes"]) == (0, [])
