"""`xinheng rulebook measures`: a memorandum's file becomes a proposal, not a rule."""

from __future__ import annotations

import json
import tomllib

import pytest
from click.testing import CliRunner

from tests.factories import files
from xinheng.cli import proposing_measures
from xinheng.cli.main import cli
from xinheng.core.catalog.datasets import Verification
from xinheng.core.measures.applying import Bar, find_bar
from xinheng.core.measures.measures import Measure
from xinheng.rulebook import measure_proposals
from xinheng.rulebook import measures as rulebook
from xinheng.rulebook.reading import Place, build

ROW = {
    "编码": "N-PROC",
    "措施": "限制参加“政府采购”\\活动",
    "事项": "procurement",
    "实施部门": "财政",
    "实施单位": "U25、U18",
    "方式": "应当实施",
    "轻重": "严重",
    "依据": "示例法",
    "条款": "第一条",
    "依据层级": "法律",
    "关联": "示例",
}


@pytest.fixture
def propose(tmp_path):
    def proposed(*rows):
        path = files.write_csv(tmp_path / "memorandum.csv", list(rows))
        out = tmp_path / "proposal.toml"
        call = ["rulebook", "measures", str(path), "--out", str(out), "--json"]
        done = CliRunner().invoke(cli, call)
        text = out.read_text(encoding="utf-8") if out.exists() else ""
        return done.exit_code, json.loads(done.stdout), text

    return proposed


def read(text: str) -> list[Measure]:
    tables = tomllib.loads(text).get("measures", [])
    return [build(Measure, table, Place("proposal.toml")) for table in tables]


class TestPropose:
    def test_writes_what_the_rulebook_can_read(self, propose):
        code, told, text = propose(ROW)

        [measure] = read(text)
        assert (code, told["proposed"], told["never_fire"]) == (0, 1, [])
        assert measure.title == "限制参加“政府采购”\\活动"
        assert measure.units == ("U25", "U18")
        assert measure.basis[0].article == "第一条"

    def test_takes_nothing_for_known(self, propose):
        _, _, text = propose(ROW)

        [measure] = read(text)
        assert measure.verification is Verification.UNVERIFIED
        assert {each.verification for each in measure.basis} == {
            Verification.UNVERIFIED
        }

    @pytest.mark.parametrize(
        "change", [{"依据": ""}, {"依据层级": "不详"}, {"依据层级": "部门规章"}]
    )
    def test_never_fires_without_a_basis_of_known_rank(self, propose, change):
        _, told, text = propose(ROW | change)

        [measure] = read(text)
        memorandum = next(
            each for each in rulebook.rules().memoranda if each.severity is not None
        )
        assert told["never_fire"] == ["N-PROC"]
        assert find_bar(memorandum, measure) is Bar.NO_BASIS

    @pytest.mark.parametrize(
        ("change", "refusal"),
        [
            ({"编码": "M-PROC"}, ("code", "MEASURE_CODE_TAKEN")),
            ({"编码": ""}, ("code", "REQUIRED")),
            ({"事项": "shopping"}, ("matter", "UNKNOWN_MATTER")),
            ({"方式": "随意"}, ("mode", "MEASURE_MODE")),
            ({"轻重": ""}, ("severity", "MEASURE_SEVERITY")),
            ({"关联": "210899199001010012"}, ("nexus", "PERSONAL_ID")),
        ],
    )
    def test_names_the_row_that_is_wrong(self, propose, change, refusal):
        code, told, text = propose(ROW | change, ROW | {"编码": "N-LAND"})

        [refused] = told["refused"]
        assert (refused["row"], refused["field"], refused["rule"]) == (1, *refusal)
        assert (code, [each.code for each in read(text)]) == (1, ["N-LAND"])

    def test_is_no_table(self, tmp_path):
        path = tmp_path / "no.csv"
        path.write_text("a,b\n1,2\n", encoding="utf-8")
        out = tmp_path / "proposal.toml"
        call = ["rulebook", "measures", str(path), "--out", str(out), "--json"]

        done = CliRunner().invoke(cli, call)

        assert done.exit_code == 2
        assert json.loads(done.stdout)["error"]["message_zh"]
        assert not out.exists()

    def test_has_words_for_every_rule(self):
        assert set(map(str, measure_proposals.Rule)) == set(proposing_measures.RULES)
