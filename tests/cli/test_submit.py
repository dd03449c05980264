"""xinheng submit on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner, Result

from tests.factories import city as cities
from tests.factories import files, people
from xinheng.apps.intake.models import HeldRow, Submission
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.ledger import receipts
from xinheng.apps.records.models import Record
from xinheng.cli.commands import submit

PARTS = ("new", "changed", "unchanged", "rejected", "questionable", "unlinked")


@pytest.fixture
def city(db: None, settings: Any, tmp_path: Path, monkeypatch: Any) -> Path:
    """A founded register that knows the fictional organizations."""
    directory = tmp_path / "city"
    directory.mkdir()
    cities.found(directory, settings)
    monkeypatch.setattr(submit, "prepare", lambda directory, as_json: None)
    return directory


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return files.write_csv(tmp_path / "good.csv", files.permit_rows(5))


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """Eight rows: a wrong code, a date to come, a person, five good ones."""
    return files.write_csv(tmp_path / "mixed.csv", cities.some_wrong_rows())


def run(file: Path, *more: str, unit: str = "U02") -> Result:
    arguments = [str(file), "--dataset=permit", f"--unit={unit}", *more]
    return CliRunner().invoke(submit.command, arguments)


def answer(file: Path, *more: str) -> dict[str, Any]:
    done = run(file, *more, "--json")
    assert (done.exit_code in {0, 1}, done.stderr) == (True, ""), done.output
    return json.loads(done.stdout)


@pytest.mark.usefixtures("city")
class TestVerdict:
    def test_leaves_with_0_where_every_row_is_accepted(self, good):
        done = run(good, "--json")

        told = json.loads(done.stdout)
        assert done.exit_code == 0
        assert (told["rows_read"], told["accepted"], told["new"]) == (5, 5, 5)
        assert Record.objects.count() == 5

    def test_leaves_with_1_and_counts_add_up(self, mixed):
        done = run(mixed, "--json")

        told = json.loads(done.stdout)
        assert done.exit_code == 1
        assert sum(told[part] for part in PARTS) == told["rows_read"] == 8
        assert (
            told["accepted"] == told["new"] + told["changed"] + told["unchanged"] == 5
        )
        assert told["findings"]["PERSONAL_ID"] == told["findings"]["USCC_CHECK"] == 1

    def test_comes_with_a_receipt_that_verifies(self, good):
        told = answer(good)

        assert receipts.verify(told["receipt"]) == ()
        assert Submission.objects.get().id.hex == told["submission"].replace("-", "")

    def test_says_unchanged_to_the_same_rows_again(self, good):
        answer(good)

        again = answer(good)

        assert (again["new"], again["unchanged"], again["accepted"]) == (0, 5, 5)
        assert Record.objects.count() == 5

    def test_says_the_same_in_words(self, mixed):
        done = run(mixed)

        assert done.exit_code == 1
        assert "读取行数\t8" in done.stdout
        assert "退回\t3" in done.stdout
        assert "回执 receipt" in done.stdout


@pytest.mark.usefixtures("city")
class TestDryRun:
    def test_says_the_same_and_stores_nothing(self, mixed, city):
        size = ledger.size()

        dry = answer(mixed, "--dry-run")

        assert ledger.size() == size
        for model in (Submission, Record, HeldRow):
            assert not model.objects.exists()
        assert not list((city / "archive").rglob("*.parquet"))
        real = answer(mixed)
        alone = ("dry_run", "seconds", "submission", "receipt")
        assert {key: dry[key] for key in dry if key not in alone} == {
            key: real[key] for key in real if key not in alone
        }

    def test_gives_no_receipt(self, good):
        dry = answer(good, "--dry-run")

        assert (dry["dry_run"], dry["submission"], dry["receipt"]) == (True, None, None)


@pytest.mark.usefixtures("city")
class TestPersonalNumbers:
    def test_are_neither_stored_nor_shown(self, mixed, city):
        done = run(mixed)
        told = run(mixed, "--json")

        (held,) = {str(HeldRow.objects.values_list()), ""} - {""}
        texts = [done.output, told.output, held, str(Record.objects.values_list())]
        texts += [str(Submission.objects.values_list())]
        for path in city.rglob("*"):
            if path.suffix == ".parquet":
                texts.append(str(pl.read_parquet(path).rows()))
            elif path.is_file():
                texts.append(path.read_bytes().decode("utf-8", "ignore"))
        assert not any(people.holds(text, cities.PERSONAL_NUMBER) for text in texts)
        assert not list((city / "staging").glob("*/content*"))


@pytest.mark.usefixtures("city")
class TestWrongCalls:
    @pytest.mark.parametrize(
        ("more", "code"),
        [
            (["--unit=U99"], "UNKNOWN_UNIT"),
            (["--unit=U\n99"], "UNKNOWN_UNIT"),
            (["--unit="], "UNKNOWN_UNIT"),
            (["--dataset=nothing"], "UNKNOWN_DATASET"),
            (["--period=2019-13"], "PERIOD"),
            (["--period=2019-5"], "PERIOD"),
        ],
    )
    def test_name_what_is_unknown(self, good, more, code):
        size = ledger.size()

        plain, told = run(good, *more), run(good, *more, "--json")

        assert (plain.exit_code, told.exit_code) == (2, 2)
        assert plain.stderr.count("\n") == told.stdout.count("\n") == 1
        assert (plain.stdout, told.stderr) == ("", "")
        assert json.loads(told.stdout)["error"]["code"] == code
        assert ledger.size() == size
        assert not Submission.objects.exists()

    def test_name_a_file_that_is_too_large(self, good, settings):
        settings.MAX_UPLOAD_BYTES = 100

        told = run(good, "--json")

        assert told.exit_code == 2
        assert json.loads(told.stdout)["error"]["code"] == "FILE_TOO_LARGE"
        assert not list((Path(settings.STAGING_DIR)).glob("*/content*"))


@pytest.mark.usefixtures("city")
class TestColumn:
    def test_reads_a_column_as_it_is_told(self, tmp_path):
        rows = [
            {
                "发证的机关" if key == "许可机关" else key: cell
                for key, cell in row.items()
            }
            for row in files.permit_rows(3)
        ]
        strange = files.write_csv(tmp_path / "strange.csv", rows)

        assert answer(strange, "--dry-run")["rejected"] == 3
        told = answer(
            strange, "--column", "发证的机关=authority_name", "--column=备注="
        )
        assert (told["new"], told["rejected"]) == (3, 0)

    @pytest.mark.parametrize(
        ("column", "code"),
        [
            ("发证的机关", "COLUMN"),
            ("=uscc", "COLUMN"),
            ("备注=nobody", "UNKNOWN_FIELD"),
        ],
    )
    def test_refuses_what_names_no_column_and_field(self, good, column, code):
        done = run(good, "--column", column, "--json")

        assert done.exit_code == 2
        assert json.loads(done.stdout)["error"]["code"] == code
