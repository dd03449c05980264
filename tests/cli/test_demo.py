"""The demo city at full size: every cell of the month, and nothing doubled."""

from __future__ import annotations

import dataclasses
import fcntl
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from xinheng.apps.accounts.actors import Actor
from xinheng.cli.demo import blemishes, facts, unit_files
from xinheng.core.screening import personal_id
from xinheng.core.statistics import footing
from xinheng.pipeline import printed_table
from xinheng.rulebook import catalog

MAIN = "from xinheng.cli.main import main; main()"
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
ACCEPTED = 5118
# What the suite sets for itself; the demo must find its own.
SETTINGS = {
    "DATABASE_URL",
    "DJANGO_SETTINGS_MODULE",
    "XINHENG_DIR",
    "XINHENG_INSECURE_HTTP",
    "XINHENG_SECRET_KEY",
}


def xinheng(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in os.environ if name not in SETTINGS}
    environment = kept | {"XINHENG_LOG_LEVEL": "warning"} | variables
    return subprocess.run(
        [sys.executable, "-c", MAIN, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The demo's directory, built once however many workers run the tests."""
    base = tmp_path_factory.getbasetemp()
    base = base if worker_id == "master" else base.parent
    directory = base / "demo-city"
    with (base / "demo-city.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (directory / "output.txt").exists():
            done = xinheng("demo", "--dir", str(directory), "--no-serve")
            assert done.returncode == 0, done.stderr
            (directory / "output.txt").write_text(done.stdout, encoding="utf-8")
    return directory


@pytest.fixture(scope="session")
def output(demo: Path) -> str:
    return (demo / "output.txt").read_text(encoding="utf-8")


def query(directory: Path, sql: str):
    with sqlite3.connect(
        f"file:{directory / 'xinheng.sqlite3'}?mode=ro", uri=True
    ) as db:
        return db.execute(sql).fetchall()


def bulletin(directory: Path, out: Path):
    done = xinheng(
        "bulletin", "2019-05", "--dir", str(directory), "--out", str(out), "--json"
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def read_if_there(path: Path) -> bytes:
    """Return a file's bytes; SQLite takes its log away once the last reader leaves."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


class TestDemo:
    def test_comes_to_every_cell_of_the_printed_units(self, demo, tmp_path):
        answer = bulletin(demo, tmp_path)

        for row, expected in zip(answer["units"], facts.may_2019().units, strict=True):
            counts = dict(zip(answer["categories"], row["cells"], strict=True))
            assert {name: n for name, n in counts.items() if n} == expected.cells
            assert row["total"] == expected.printed_total

    def test_comes_to_the_totals_that_the_printed_table_missed(self, demo, tmp_path):
        answer = bulletin(demo, tmp_path)

        totals = dict(zip(answer["columns"], answer["totals"], strict=True))
        assert totals["信用信息"] == 148
        assert answer["grand_total"] == ACCEPTED
        assert len(answer["zero_units"]) == 27
        assert len(answer["nil_units"]) == 14
        assert len(answer["silent_units"]) == 13
        assert answer["demo"] is True

    def test_shows_made_up_penalties_of_the_day_of_the_build(self, demo):
        told = query(
            demo,
            "SELECT period, COUNT(*) FROM records_record WHERE dataset = 'penalty'"
            " GROUP BY period",
        )

        [(period, count)] = told
        assert count == 4
        assert period != "2019-05"

    def test_shows_measures_at_every_stage(self, demo):
        told = query(demo, "SELECT state, COUNT(*) FROM measures_task GROUP BY state")

        states = dict(told)
        assert set(states) == {
            *("OPEN", "ACKNOWLEDGED", "DECLINED", "EXECUTED", "NOT_APPLICABLE"),
            *("RECALL_OPEN", "RECALLED"),
        }

    def test_tells_the_table_the_crossfoot_and_the_rows(self, output):
        assert "5,118" in output
        assert "“合计”行“信用信息”列印为 48，应为 148" in output
        assert "“合计”行“数据总量”列印为 5,018，应为 5,118" in output
        assert "金融发展局（100）" in output
        assert "合计为零的单位：27 个" in output
        assert "3 个：编委办、人民银行营口市中心支行、市银监局" in output
        assert f"入库 {ACCEPTED:,}" in output
        assert "http://localhost:8000/" in output

    def test_comes_back_from_a_backup(self, demo, tmp_path):
        """With listings and cases of redress, rows of every table."""
        own = shutil.copytree(demo, tmp_path / "city")
        kept = tmp_path / "kept"
        made = xinheng("backup", "--dir", str(own), "--out", str(kept))
        assert made.returncode == 0, made.stderr

        done = xinheng("restore", str(kept), "--dir", str(own), "--drill", "--json")

        assert done.returncode == 0, done.stdout + done.stderr
        assert json.loads(done.stdout)["passed"] is True

    def test_every_row_read_is_in_one_of_the_six_counts(self, demo):
        ((read, accepted, kept_back),) = query(
            demo,
            "SELECT SUM(rows_read), SUM(new + changed + unchanged),"
            " SUM(rejected + questionable + unlinked) FROM intake_submission"
            " WHERE period = '2019-05'",
        )

        assert accepted == ACCEPTED
        assert read == accepted + kept_back
        assert kept_back > 100

    def test_shows_every_way_to_be_wrong(self, output):
        missing = [
            blemish.rule
            for blemish in blemishes.BLEMISHES
            if blemish.rule not in output
        ]

        assert missing == []
        assert "DUPLICATE_ROW" in output

    def test_resumes_without_doubling_anything(self, demo, tmp_path):
        before = bulletin(demo, tmp_path)

        done = xinheng("demo", "--dir", str(demo), "--no-serve")

        assert done.returncode == 0, done.stderr
        assert bulletin(demo, tmp_path) == before

    def test_leaves_a_database_of_the_environment_alone(self, demo):
        done = xinheng(
            *("demo", "--dir", str(demo), "--no-serve"),
            DATABASE_URL="postgres://nobody@127.0.0.1:1/none",
        )

        assert done.returncode == 0, done.stderr
        assert "DATABASE_URL is left aside" in done.stderr

    def test_hides_its_secrets_from_other_users(self, demo):
        for name in ("demo-accounts.txt", "keys/demo-secret", "keys/ledger.key"):
            assert stat.S_IMODE((demo / name).stat().st_mode) == 0o600

    def test_keeps_no_personal_number_outside_the_units_own_files(self, demo):
        numbers = {blemishes.personal_number(serial).encode() for serial in range(200)}
        handed_in = b"".join(path.read_bytes() for path in (demo / "files").iterdir())
        kept = [
            path
            for path in demo.rglob("*")
            if path.is_file() and path.parent.name != "files"
        ]

        assert any(number in handed_in for number in numbers)
        for path in kept:
            content = read_if_there(path)
            assert not any(number in content for number in numbers), path

    def test_leaves_a_ledger_that_verifies(self, demo):
        verified = xinheng("ledger", "verify", "--dir", str(demo))

        assert verified.returncode == 0, verified.stderr


@pytest.fixture
def small_month(db, settings, tmp_path):
    """A founded register of the test's own, and a month of three short files."""
    from xinheng.cli import founding

    settings.DEMO = True
    settings.DATA_DIR = tmp_path
    settings.STAGING_DIR = tmp_path / "staging"
    settings.ARCHIVE_DIR = tmp_path / "archive"
    settings.KEYS_DIR = tmp_path / "keys"
    founding.found()
    may = facts.may_2019()
    units = tuple(
        row if row.position in {5, 11, 14} else dataclasses.replace(row, cells={})
        for row in may.units
    )
    return dataclasses.replace(may, units=units)


class TestBuild:
    def test_goes_on_with_a_file_that_was_only_received(self, small_month, tmp_path):
        from xinheng.apps.intake import operations
        from xinheng.cli.demo import building

        first = next(unit_files.plan(small_month))
        (tmp_path / "files").mkdir()
        with first.write(tmp_path / "files").open("rb") as content:
            hand_in = operations.HandIn(
                actor=Actor("clerk", units=frozenset({first.unit.code})),
                unit=first.unit.code,
                dataset=first.dataset.name,
                period=small_month.period,
                file_name=first.name,
                content=content,
            )
            operations.receive(hand_in, at=datetime.now(UTC))

        table = building.build(tmp_path, small_month, tell=lambda line: None)

        assert table.grand_total == 6 + 2 + 5
        assert len(building.list_month(small_month.period)) == 3

    def test_changes_nothing_the_second_time(self, small_month, tmp_path):
        from xinheng.apps.ledger import queries
        from xinheng.cli.demo import building

        first = building.build(tmp_path, small_month, tell=lambda line: None)
        size = queries.size()

        second = building.build(tmp_path, small_month, tell=lambda line: None)

        assert queries.size() == size
        assert second == dataclasses.replace(first, ledger_size=size)

    def test_gives_new_secrets_where_the_first_ones_were_lost(
        self, small_month, tmp_path
    ):
        from xinheng.cli.demo import accounts

        since = date(2019, 5, 1)
        path = accounts.open_all(tmp_path, since=since, tell=lambda line: None)
        lost = path.read_text(encoding="utf-8")
        path.unlink()

        accounts.open_all(tmp_path, since=since, tell=lambda line: None)

        found = path.read_text(encoding="utf-8")
        assert found != lost
        assert found.count("TOTP") == 4

    def test_asks_those_who_decide_for_a_code_and_the_clerk_for_none(
        self, small_month, tmp_path
    ):
        from xinheng.apps.accounts import queries, second_factor
        from xinheng.apps.accounts.second_factor import Step
        from xinheng.cli.demo import accounts

        today = date(2019, 6, 3)
        accounts.open_all(tmp_path, since=date(2019, 5, 1), tell=lambda line: None)

        steps = {
            account.username: second_factor.next_step(
                user_id=queries.find_account(username=account.username).account_id,
                on=today,
                verified=False,
            )
            for account in accounts.list_wanted()
        }

        assert steps == {
            "clerk": Step.NONE,
            "office": Step.GIVE_CODE,
            "admin": Step.GIVE_CODE,
            "lister-1": Step.GIVE_CODE,
            "lister-2": Step.GIVE_CODE,
            "executor": Step.NONE,
        }

    def test_says_which_file_did_not_come_out_right(
        self, small_month, tmp_path, monkeypatch
    ):
        from xinheng.cli.demo import building

        (wrong, *_) = unit_files.plan(small_month)
        worse = dataclasses.replace(wrong, clean=wrong.clean + 1)
        monkeypatch.setattr(unit_files, "plan", lambda facts: [worse])

        with pytest.raises(building.BuildError, match=wrong.unit.name):
            building.build(tmp_path, small_month, tell=lambda line: None)


class TestRefusals:
    def test_leaves_a_register_that_is_no_demo_alone(self, tmp_path):
        (tmp_path / "xinheng.sqlite3").write_bytes(b"somebody's register")

        done = xinheng("demo", "--dir", str(tmp_path), "--no-serve")

        assert done.returncode == 2
        assert "Traceback" not in done.stderr
        assert not (tmp_path / "keys").exists()


class TestFacts:
    def test_say_what_the_printed_table_got_wrong(self):
        may = facts.may_2019()

        verdict = footing.crossfoot(may.as_printed())

        assert [(cell.printed, cell.computed) for cell in verdict.wrong_cells] == [
            (48, 148),
            (5018, 5118),
        ]
        assert footing.unnamed(verdict.silent_units, may.named_as_poor()) == (
            "编委办",
            "人民银行营口市中心支行",
            "市银监局",
        )

    def test_name_no_real_place_as_a_unit_of_the_demo_city(self):
        names = [row.unit.name for row in facts.may_2019().units]

        assert not any("营口" in name or "鲅鱼圈" in name for name in names)

    @pytest.mark.shared_data
    @pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is absent")
    def test_are_the_printed_table_cell_by_cell(self):
        printed = printed_table.read(DATA / "bulletin-2019-05-printed.csv")
        named = printed_table.read_names(DATA / "bulletin-2019-05-named.csv")

        assert facts.may_2019().as_printed() == printed
        assert set(facts.may_2019().named_as_poor()) == set(named)


class TestUnitFiles:
    def test_are_the_same_on_every_run(self, tmp_path):
        for name in ("a", "b"):
            (tmp_path / name).mkdir()
            for file in unit_files.plan(facts.may_2019()):
                file.write(tmp_path / name)

        for path in (tmp_path / "a").iterdir():
            assert (tmp_path / "b" / path.name).read_bytes() == path.read_bytes()

    def test_come_in_every_form_with_dirty_rows_among_them(self):
        files = list(unit_files.plan(facts.may_2019()))

        assert {file.form for file in files} == set(unit_files.Form)
        assert sum(file.clean for file in files) == ACCEPTED
        assert sum(len(file.rows) for file in files) > ACCEPTED + 100


class TestBlemishes:
    def test_are_known_rules(self):
        rules = catalog.rules()

        assert all(blemish.rule in rules for blemish in blemishes.BLEMISHES)

    def test_write_a_number_that_is_certainly_personal(self):
        number = blemishes.personal_number(7)

        assert personal_id.is_resident_id_18(number)
        assert number.startswith("210899")
