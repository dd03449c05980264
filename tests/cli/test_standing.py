"""A tender's bidders in, what applies to them out."""

from __future__ import annotations

import csv
import json

import pytest
from click.testing import CliRunner

from tests.apps.conftest import city as city
from tests.factories import standing
from tests.factories.city import PERSONAL_NUMBER, an_organization
from xinheng.apps.standing.models import LookUp
from xinheng.cli import environment, pushing
from xinheng.cli.main import cli

CODE = an_organization().code
ASKED = ("--matter", "procurement", "--purpose", "评标", "--unit", "财政局")


@pytest.fixture(autouse=True)
def _prepared(city, monkeypatch):
    monkeypatch.setattr(environment, "_set_up", lambda **_: None)
    monkeypatch.setattr(environment, "_has_embedded_file", lambda: True)
    standing.without_threads(monkeypatch)


def run(*arguments):
    return CliRunner().invoke(cli, ["standing", *map(str, arguments)])


def write(path, *codes):
    path.write_text("\n".join(["投标人,统一社会信用代码", *(f"x,{c}" for c in codes)]))
    return path


class TestStanding:
    def test_writes_a_row_for_each_code_in_its_place(self, tmp_path):
        file, out = write(tmp_path / "b.csv", CODE, "9121"), tmp_path / "out.csv"

        done = run(file, *ASKED, "--out", out, "--json")

        assert done.exit_code == 1
        assert json.loads(done.stdout)["states"] == {"nothing_found": 1, "invalid": 1}
        rows = list(csv.DictReader(out.read_text("utf-8-sig").splitlines()))
        assert [(row["row"], row["state"]) for row in rows] == [
            ("1", "nothing_found"),
            ("2", "invalid"),
        ]
        assert LookUp.objects.get().channel == "FILE"

    def test_repeats_no_persons_number(self, tmp_path):
        out = tmp_path / "out.csv"

        done = run(write(tmp_path / "b.csv", PERSONAL_NUMBER), *ASKED, "--out", out)

        assert done.exit_code == 1
        assert PERSONAL_NUMBER not in out.read_text("utf-8-sig") + done.output

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            (("--matter", "shopping"), "UNKNOWN_MATTER"),
            (("--purpose", " "), "PURPOSE"),
            (("--unit", "没有"), "UNKNOWN_UNIT"),
            (("--column", "没有"), "NO_COLUMNS"),
        ],
    )
    def test_refuses_a_wrong_call_with_its_code(self, tmp_path, change, code):
        done = run(write(tmp_path / "b.csv", CODE), *ASKED, *change, "--json")

        assert done.exit_code == 2
        told = json.loads(done.stdout)["error"]
        assert told["code"] == code
        assert told["message_zh"]


class TestHourly:
    def test_escalates_once_an_hour(self):
        from datetime import UTC, datetime, timedelta

        counts = iter([500, 3, 0, 0])
        hourly = pushing.Hourly(lambda **_: next(counts))
        at = datetime(2026, 6, 1, tzinfo=UTC)

        told = [hourly.work_off(at=at + timedelta(minutes=m)) for m in (0, 30, 61)]
        assert told == [503, 0, 0]
