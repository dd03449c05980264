"""`xinheng audit`: acts in a file that the verifier believes, and no other."""

from __future__ import annotations

import csv
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.db import transaction

from tests.factories import accounts
from tests.factories import city as cities
from xinheng import verifier
from xinheng.apps.ledger import erasing, operations
from xinheng.apps.ledger.auditing import ADMINISTRATIVE
from xinheng.apps.ledger.models import Entry
from xinheng.cli.commands import audit

SOURCE = Path(verifier.__file__).parent
# Kinds that an operation writes out, as far as they stand in quotes.
WRITTEN = re.compile(r'"([a-z_]+\.[a-z_]+)"')


@pytest.fixture(autouse=True)
def _city(db, settings, tmp_path, monkeypatch):
    cities.found(tmp_path, settings)
    monkeypatch.setattr(audit, "prepare", lambda *_, **__: None)
    accounts.add_unit("U90")
    accounts.clerk("wang", unit="U90")


def run(out, *more, begin="2019-06-03", end="2019-06-04"):
    called = ["--from", begin, "--to", end, "--out", str(out), "--json", *more]
    return CliRunner().invoke(audit.command, called)


def told(result):
    return json.loads(result.stdout)


def run_file():
    out = Path("acts.jsonl")
    assert run(out).exit_code == 0
    return out.read_text("utf-8")


def key():
    return json.loads(run_file().splitlines()[0])["public_key"]


class TestAudit:
    def test_is_believed_by_the_outsiders_verifier(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        lines = run_file().splitlines()
        kinds = [json.loads(line)["entry"]["kind"] for line in lines]

        assert {"unit.added", "account.created", "mandate.granted"} <= set(kinds)
        assert "register.imported" not in kinds
        assert verify(key()) == 0

    @pytest.mark.parametrize("harm", ["word", "twice", "cut"])
    def test_shows_what_was_changed(self, tmp_path, monkeypatch, harm):
        monkeypatch.chdir(tmp_path)
        trusted, lines = key(), run_file().splitlines()
        changed = {
            "word": [line.replace('"operator"', '"somebody"') for line in lines],
            "twice": [*lines, lines[0]],
            "cut": [*lines[:-1], lines[-1][:-9]],
        }[harm]
        Path("acts.jsonl").write_text("\n".join(changed), "utf-8")

        assert verify(trusted) == 1

    def test_proves_the_place_of_an_act_whose_content_is_gone(
        self, tmp_path, monkeypatch
    ):
        monkeypatch.chdir(tmp_path)
        trusted = key()
        seq = Entry.objects.get(kind="unit.added", subject="unit:U90").seq
        erase(seq)

        acts = [json.loads(line) for line in run_file().splitlines()]

        assert seq in [act.get("seq") for act in acts]
        assert verify(trusted) == 0

    def test_takes_days_half_open_and_all_acts_on_demand(self, tmp_path):
        out = tmp_path / "acts.csv"
        assert told(run(out, end="2019-06-03"))["error"]["code"] == "PERIOD"
        none = told(run(out, begin="2019-06-04", end="2019-06-05"))
        assert none["acts"] == 0
        few, every = told(run(out))["acts"], told(run(out, "--all"))["acts"]
        with out.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))

        assert few < every == len(rows)
        assert json.loads(rows[0]["body"])

    def test_refuses_another_kind_of_file(self, tmp_path):
        refused = run(tmp_path / "acts.pdf")

        assert refused.exit_code == 2
        assert told(refused)["error"]["code"] == "FORMAT"


class TestAdministrative:
    def test_names_only_kinds_that_there_are(self):
        kinds = {
            kind
            for folder in ("apps", "core")
            for path in (SOURCE / folder).rglob("*.py")
            if path.name != "auditing.py"
            for kind in WRITTEN.findall(path.read_text("utf-8"))
        }

        assert [
            each
            for each in ADMINISTRATIVE
            if not any(kind.startswith(each) for kind in kinds)
        ] == []


def verify(trusted):
    return verifier.main(["receipt", "acts.jsonl", "--key", trusted])


def erase(seq):
    with transaction.atomic():
        told = operations.append(
            kind=erasing.ERASED,
            subject="erasure:test",
            actor="operator",
            body={"entries": [seq]},
            at=datetime(2019, 6, 3, 3, tzinfo=UTC),
        )
        erasing.empty(seqs=[seq], ordered_by=told.seq)
