"""Reports on the command line: one, a batch that goes on, and their verification."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from tests.apps.conftest import city as city
from tests.factories.city import PERSONAL_NUMBER, an_organization
from xinheng.apps.ledger import key_history
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.organizations.models import Organization
from xinheng.apps.reports.models import Report
from xinheng.cli import environment
from xinheng.cli.main import cli

CODE = an_organization().code


@pytest.fixture(autouse=True)
def _prepared(city, monkeypatch):
    monkeypatch.setattr(environment, "_set_up", lambda **_: None)
    monkeypatch.setattr(environment, "_has_embedded_file", lambda: True)


def run(*arguments):
    return CliRunner().invoke(cli, [*map(str, arguments)])


@pytest.fixture
def report(tmp_path):
    path = tmp_path / "report.pdf"
    assert run("report", CODE, "--out", path).exit_code == 0
    return path


class TestReport:
    def test_says_what_it_wrote(self, tmp_path):
        done = run("report", f" {CODE.lower()} ", "--out", tmp_path / "a.pdf", "--json")

        told = json.loads(done.stdout)
        assert (done.exit_code, told["kind"]) == (0, "PUBLIC")
        assert told["bytes"] == (tmp_path / "a.pdf").stat().st_size

    def test_is_as_known_then_where_that_is_asked_for(self, tmp_path):
        asked = ("--known-at", ledger.size(), "--on", "2019-06-20", "--json")

        done = run("report", CODE, "--out", tmp_path / "a.pdf", *asked)

        then = {"on": "2019-06-20", "ledger_size": ledger.size() - 1}
        assert json.loads(done.stdout)["then"] == then
        assert run("verify", tmp_path / "a.pdf").exit_code == 0

    def test_logs_a_matter_with_its_unit(self, tmp_path):
        asked = ("--unit", "财政局", "--purpose", "评标")

        assert run("report", CODE, "--out", tmp_path / "a.pdf", *asked).exit_code == 0
        row = Report.objects.get()
        assert (row.kind, row.unit_id, row.purpose) == ("ADMINISTRATIVE", "U25", "评标")

    @pytest.mark.parametrize(
        ("arguments", "exit_code", "code"),
        [
            ((), 2, "WRONG_CALL"),
            (("91210899MA00000000",), 1, "UNKNOWN_ORGANIZATION"),
            ((PERSONAL_NUMBER,), 1, "UNKNOWN_ORGANIZATION"),
            ((CODE, "--unit", "财政局"), 2, "PURPOSE"),
            ((CODE, "--unit", "没有", "--purpose", "x"), 2, "UNKNOWN_UNIT"),
            ((CODE, "--known-at", "gestern"), 2, "TIME"),
            ((CODE, "--on", "20.6.2019"), 2, "TIME"),
            ((CODE, "--known-at", "999999"), 2, "NOT_KNOWN_YET"),
            ((CODE, "--known-at", "0"), 1, "UNKNOWN_ORGANIZATION"),
        ],
    )
    def test_says_in_one_line_why_there_is_none(
        self, tmp_path, arguments, exit_code, code
    ):
        out = tmp_path / "a.pdf"

        done = run("report", *arguments, "--out", out, "--json")

        assert done.exit_code == exit_code
        assert json.loads(done.stdout)["error"]["code"] == code
        assert not out.exists()
        assert PERSONAL_NUMBER not in done.output

    def test_names_the_sign_that_the_font_lacks(self, tmp_path):
        Organization.objects.filter(uscc=CODE).update(name="示例😀公司")

        done = run("report", CODE, "--out", tmp_path / "a.pdf")

        assert done.exit_code == 2
        assert "U+1F600" in done.stderr


class TestBatch:
    def test_writes_each_once_and_goes_on_where_it_stopped(self, tmp_path):
        file, out = tmp_path / "codes.csv", tmp_path / "out"
        others = Organization.objects.exclude(uscc=CODE).exclude(uscc__startswith="92")
        codes = [CODE, others.values_list("uscc", flat=True)[0], CODE, "9121"]
        file.write_text("\n".join(["统一社会信用代码", *codes]))

        first = run("report", "--batch", file, "--out", out, "--json")
        again = run("report", "--batch", file, "--out", out, "--json")

        assert first.exit_code == 1
        told, later = json.loads(first.stdout), json.loads(again.stdout)
        assert (told["codes"], told["written"], told["kept"]) == (3, 2, 0)
        assert (later["written"], later["kept"]) == (0, 2)
        assert told["not_written"] == {"NO_CODE": 1}
        assert {each.name for each in out.iterdir()} == {
            f"{code}.pdf" for code in codes[:2]
        }
        assert "3/3" in first.stderr


class TestVerify:
    def test_says_what_stands(self, report):
        done = run("verify", report, "--json")

        told = json.loads(done.stdout)
        assert (done.exit_code, told["ok"], told["uscc"]) == (0, True, CODE)

    def test_takes_the_key_from_elsewhere(self, report, tmp_path):
        key = tmp_path / "ledger.pub"
        key.write_text(key_history.present().key.text())

        assert run("verify", report, "--key", key).exit_code == 0

    def test_finds_a_changed_page(self, report):
        content = bytearray(report.read_bytes())
        content[len(content) // 2] ^= 1
        report.write_bytes(content)

        done = run("verify", report, "--json")

        assert done.exit_code == 1
        assert json.loads(done.stdout)["ok"] is False

    @pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", b"{}", b"\xff\xfe"])
    def test_says_no_to_what_is_no_document(self, tmp_path, content):
        file = tmp_path / "x"
        file.write_bytes(content)

        done = run("verify", file)

        assert done.exit_code == 1
        assert "MALFORMED" in done.stderr

    def test_wants_a_file_and_a_key(self, report, tmp_path):
        assert run("verify", tmp_path / "none.pdf").exit_code == 2
        assert run("verify", report, "--key", "nonsense").exit_code == 2
