"""`xinheng measures`: a package out, checked offline, and its answers in."""

from __future__ import annotations

import json
import zipfile
from datetime import date

import pytest
from click.testing import CliRunner

from tests.factories import listings
from xinheng.cli import carrying, verifying
from xinheng.cli.main import cli
from xinheng.core.listings.procedure import Event
from xinheng.core.measures.feedback import Rule
from xinheng.core.submissions.reasons import Fault

ON = date(2026, 6, 1)


@pytest.fixture
def package(db, settings, tmp_path):
    listing = listings.notified(listings.found(settings))
    days = {"decided_on": ON, "expires_on": date(2027, 6, 1)}
    listings.record(listing, Event.DECIDE, actor=listings.SECOND, on=ON, **days)
    return carrying.export("U25", tmp_path, as_json=True)


def verified(path) -> dict:
    return verifying.verify(path, (), directory=None, as_json=True)


@pytest.fixture(autouse=True)
def _prepared(monkeypatch):
    monkeypatch.setattr(verifying, "prepare", lambda *args, **kwargs: None)


class TestExport:
    def test_is_verified_offline(self, package, tmp_path):
        assert package["tasks"] == 4
        assert verified(tmp_path / package["file"])["ok"] is True

    def test_does_not_verify_once_a_cell_was_changed(self, package, tmp_path):
        forged = tmp_path / "forged.zip"
        with (
            zipfile.ZipFile(package["file"]) as source,
            zipfile.ZipFile(forged, "w") as target,
        ):
            table = source.read("tasks.csv").replace("参考".encode(), b"")
            target.writestr("tasks.csv", table)
            target.writestr("receipt.json", source.read("receipt.json"))

        answer = verified(forged)

        assert answer["ok"] is False
        assert answer["problem"].startswith("TABLE")

    @pytest.mark.parametrize(
        "content", [b"PK", b"PK\x03\x04" + bytes(60)], ids=["short", "blank"]
    )
    def test_is_no_package_where_it_is_broken(self, db, content, tmp_path):
        path = tmp_path / "broken.zip"
        path.write_bytes(content)

        assert verified(path)["problem"].startswith("MALFORMED")


class TestFeedback:
    def test_tells_each_row_that_was_not_taken(self, package, tmp_path, capsys):
        path = tmp_path / "back.csv"
        path.write_text(
            "编号,办理结果,凭证\nT9999-0,已实施,示1号\n", encoding="utf-8-sig"
        )

        answer = carrying.feedback(path, "U25", as_json=True)
        carrying.tell(answer)

        [refused] = answer["refused"]
        assert (refused["row"], refused["rule"]) == (1, "MEASURE_KEY")
        told = capsys.readouterr()
        assert "没有发给该单位" in told.out
        assert "Some rows were not taken" in told.err

    def test_has_words_for_every_rule(self):
        assert {*map(str, Rule), *map(str, Fault)} == set(carrying.RULES)

    def test_wants_a_file_that_is_there(self, tmp_path):
        call = ["measures", "feedback", str(tmp_path / "no.csv"), "--unit", "U25"]
        done = CliRunner().invoke(cli, [*call, "--json"])

        assert done.exit_code == 2
        assert json.loads(done.stdout)["error"]["code"]
