"""`xinheng assess`: what is wrong with a scheme is told, a good one is tried."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest
from click.testing import CliRunner

from tests.factories import city
from xinheng.cli.commands import assess as commands

SHIPPED = (files("xinheng.rulebook") / "assessment_schemes.toml").read_text("utf-8")


def invoke(*arguments, code=0):
    done = CliRunner().invoke(commands.command, [*arguments, "--json"])
    assert done.exit_code == code, done.output
    return json.loads(done.stdout)


@pytest.fixture
def write(tmp_path):
    def written(text):
        path = tmp_path / "scheme.toml"
        path.write_text(text, "utf-8")
        return str(path)

    return written


class TestCheck:
    def test_passes_the_shipped_scheme(self, write):
        assert invoke("check", write(SHIPPED))["ok"] is True

    def test_tells_both_sums_of_points_that_do_not_add_up(self, write):
        broken = SHIPPED.replace("points = 100\n", "points = 110\n")

        [fault] = invoke("check", write(broken), code=1)["faults"]

        assert fault["code"] == "SCHEME_SUM"
        assert "写明 110，合计 100" in fault["message_zh"]

    def test_tells_a_share_of_zero(self, write):
        broken = SHIPPED.replace("full_at = 0.95", "full_at = 0", 1)

        [fault] = invoke("check", write(broken), code=1)["faults"]

        assert (fault["code"], fault["where"]) == ("SCHEME_ZERO_SHARE", "stored")

    @pytest.mark.parametrize("text", ["no toml", "[[schemes]]\nname = 'x'\n", ""])
    def test_says_in_one_line_what_can_not_be_read(self, write, text):
        error = invoke("check", write(text), code=2)["error"]

        assert error["code"] == "SCHEME"


class TestRegister:
    def test_proposes_and_simulates(self, db, settings, tmp_path, monkeypatch, write):
        city.found(tmp_path, settings)
        monkeypatch.setattr(commands, "prepare", lambda *args, **named: None)

        proposed = invoke("propose", write(SHIPPED))
        answer = invoke("simulate", "2019-04", "2019-05")
        faulty = write(SHIPPED.replace("points = 100\n", "points = 99\n"))
        refused = invoke("propose", faulty, code=1)
        taken = write(SHIPPED.replace("部门社会信用体系建设", "部门信用"))

        assert proposed["name"] == "department_110"
        assert (len(answer["units"]), answer["months"]) == (48, ["2019-04", "2019-05"])
        assert refused["error"]["code"] == "SCHEME_FAULTY"
        assert invoke("propose", taken, code=1)["error"]["code"] == "SCHEME_TAKEN"
        assert invoke("simulate", "2019-05", "2019-04", code=2)
        assert invoke("simulate", "2019-05", "2019-05", "--scheme", "x", code=2)
