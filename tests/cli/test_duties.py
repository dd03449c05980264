"""`xinheng duties`, and the worker's round of reminders."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from tests.factories import city
from xinheng.apps.duties import reminders
from xinheng.apps.duties.reminders import Outcome
from xinheng.cli.commands import duties as commands
from xinheng.cli.reminding import Daily

AT = datetime(2019, 6, 10, 2, 0, tzinfo=UTC)
ASSIGN = ("assign", "--unit", "U01", "--dataset", "permit", "--effective-on")
END = ("end", "--unit", "U01", "--dataset", "permit", "--expires-on")


@pytest.fixture
def run(db, settings, tmp_path, monkeypatch):
    """Run the command on the test's own database."""
    city.found(tmp_path, settings)
    monkeypatch.setattr(commands, "prepare", lambda *args, **named: None)

    def invoke(*arguments, code=0):
        done = CliRunner().invoke(commands.command, [*arguments, "--json"])
        assert done.exit_code == code, done.output
        return json.loads(done.stdout)

    return invoke


class TestDuties:
    def test_are_assigned_listed_and_ended(self, run):
        run(*ASSIGN, "2019-05-01")
        told = run("list", "--period", "2019-05", "--on", "2019-06-20")
        run(*END, "2019-07-01")
        [ended] = run("list")["duties"]

        assert told["duties"] == [
            {
                "unit": "U01",
                "unit_name": "行政审批局",
                "dataset": "permit",
                "period": "2019-05",
                "due_on": "2019-06-12",
                "provisional": False,
                "state": "overdue",
                "silent": True,
                "days_late": 8,
                "records": 0,
            }
        ]
        assert ended["expires_on"] == "2019-07-01"

    @pytest.mark.parametrize(
        ("arguments", "code", "name"),
        [
            (("list", "--unit", "U99"), 2, "UNKNOWN_UNIT"),
            (("list", "--period", "2019-13"), 2, "PERIOD"),
            (("contact", "--unit", "U01", "--address", "no"), 1, "CONTACT_ADDRESS"),
            (
                (*END, "2019-07-01"),
                1,
                "DUTY_NOT_OPEN",
            ),
        ],
    )
    def test_refuse_in_one_object(self, run, arguments, code, name):
        assert run(*arguments, code=code)["error"]["code"] == name

    def test_come_from_a_list(self, run, tmp_path):
        file = tmp_path / "duties.csv"
        file.write_text(
            "unit,dataset,frequency,effective_on\n"
            "U01,permit,,2019-05-01\nU99,permit,,2019-05-01\n",
            "utf-8",
        )

        answer = run("import", str(file), code=1)

        assert (answer["assigned"], answer["rejected"]) == (1, 1)
        assert answer["findings"] == [{"row": 2, "rule": "UNKNOWN_UNIT"}]

    def test_refuse_a_list_that_is_none(self, run, tmp_path):
        file = tmp_path / "duties.csv"
        file.write_bytes(b"\xff\xfe")

        assert run("import", str(file), code=2)["error"]["code"] == "DUTY_LIST"


@pytest.mark.django_db
class TestDaily:
    @pytest.fixture
    def rounds(self, monkeypatch):
        outcomes, begun = [], []

        def send(*, at):
            begun.append(at)
            return outcomes.pop(0) if outcomes else Outcome()

        monkeypatch.setattr(reminders, "send_due", send)
        return outcomes, begun

    def test_goes_once_a_day(self, rounds):
        _, begun = rounds
        daily = Daily()

        for hours in (0, 1, 5, 24, 25):
            daily.work_off(at=AT + timedelta(hours=hours))

        assert begun == [AT, AT + timedelta(hours=24)]

    def test_goes_again_after_a_while_where_a_mail_failed(self, rounds):
        outcomes, begun = rounds
        outcomes.append(Outcome(failed=1))
        daily = Daily()

        for minutes in (0, 30, 62, 90):
            daily.work_off(at=AT + timedelta(minutes=minutes))

        assert begun == [AT, AT + timedelta(minutes=62)]
