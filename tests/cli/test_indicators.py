"""`xinheng indicators`: figures of a month, cuts, and other cities' figures."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from tests.factories import city
from xinheng.cli.commands import indicators as commands


@pytest.fixture
def run(db, settings, tmp_path, monkeypatch):
    """Run the command on the test's own database."""
    city.found(tmp_path, settings)
    monkeypatch.setattr(commands, "prepare", lambda *args, **named: None)

    def invoke(*arguments, code=0, as_json=True):
        asked = [*arguments, *(["--json"] if as_json else [])]
        done = CliRunner().invoke(commands.command, asked)
        assert done.exit_code == code, done.output
        return json.loads(done.stdout) if as_json else done.stdout

    return invoke


class TestIndicators:
    def test_tell_value_parts_and_state_of_each_input(self, run):
        answer = run("2019-05", "--keep", "--edition", "2020")
        told = {each["input"]: each for each in answer["inputs"]}

        assert answer["pack"]["points"] == "100"
        assert told["government_arrears"]["state"] == "NOT_HELD"
        assert told["government_arrears"]["value"] is None
        assert told["double_publicity_count"]["value"] == 0
        assert all(each["formula"] for each in told.values())
        assert answer["kept"] is True
        assert "及时率\tZERO_DENOMINATOR" in run("2019-05", as_json=False)

    def test_refuse_a_month_that_has_not_begun_and_an_odd_edition(self, run):
        assert run("2099-01", code=1)["error"]["code"] == "MONTH_NOT_OVER"
        assert run("2019-5", code=2)["error"]["code"] == "PERIOD"
        assert run("2019-05", "--edition", "1", code=2)["error"]["code"] == "EDITION"
        run(code=2, as_json=False)

    def test_take_figures_of_other_cities_row_by_row(self, run, tmp_path):
        path = tmp_path / "peers.csv"
        header = "city,period,input,value,source,published_on"
        rows = [
            "示例甲市,2019-05,index,84.2,示例网站,2019-06-10",
            "示例甲市,2019-05,x,1,a,b",
        ]
        path.write_text("\n".join([header, *rows]), "utf-8")
        other = tmp_path / "other.csv"
        other.write_text("a,b\n", "utf-8")

        answer = run("--peers", str(path), code=1)

        assert answer["taken"] == 1
        assert answer["refused"] == [{"row": 2, "code": "UNKNOWN_INPUT"}]
        assert run("--peers", str(other), code=2)["error"]["code"] == "PEERS"
