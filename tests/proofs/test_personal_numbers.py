"""Personal numbers hidden anywhere in a file get nowhere; valid codes always pass.

A tenth of the rows, codes and kills runs with the suite, all under `make prove`.
"""

from __future__ import annotations

import csv
import io
import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import polars as pl
import psycopg
import pytest

from tests.factories import files, people
from tests.proofs import WHOLE
from tests.proofs.databases import own_database
from xinheng.core.identifiers import organization_code, uscc
from xinheng.rulebook import catalog, samples

ROWS = 5000 if WHOLE else 500  # of each of two datasets, half of them with a number
CODES = 100_000 if WHOLE else 10_000
KILLS = 20 if WHOLE else 2
UNKNOWN, BEYOND = "未知列", "(beyond the header)"
AUTHORITIES = "1359ANY"
MOMENT = re.compile(r"20\d\d-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?")

pytestmark = pytest.mark.proof


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Iterator[tuple[Path, dict[str, str]]]:
    """A register of its own that knows the fictional organizations."""
    directory = tmp_path_factory.mktemp("city")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with own_database(f"xinheng_persons_{worker}") as environment:
        known = files.write_register(directory / "register.csv", count=samples.POOL)
        register = directory / "register"
        done = xinheng("import", known, "--dir", register, environment=environment)
        assert done.returncode == 0, done.stderr
        yield register, environment


def xinheng(
    *arguments: object, environment: Mapping[str, str] = os.environ
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "xinheng", *map(str, arguments)],
        env=dict(environment),
        capture_output=True,
        text=True,
        timeout=300,
    )


def hidden(
    dataset: str, path: Path, *, seed: int, encoding: str = "utf-8"
) -> dict[int, str]:
    """Write a file with a number in every other row; return the numbers by row."""
    chance = random.Random(seed)
    item = catalog.dataset(dataset)
    titles = [field.title for field in item.fields] + [UNKNOWN]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(titles)
    numbers = {}
    for row, cells in enumerate(samples.sample_rows(item, rows=ROWS, seed=0), start=1):
        record = {title: cells.get(title, "") for title in titles} | {BEYOND: ""}
        if row % 2:
            numbers[row] = people.number(chance)
            title = chance.choice(list(record))
            around = record[title] if chance.random() < 0.3 else ""
            record[title] = f"{around}、" * bool(around)
            record[title] += people.written(numbers[row], chance)
        *within, beyond = record.values()
        writer.writerow([*within, *([beyond] if beyond else [])])
    path.write_bytes(text.getvalue().encode(encoding))
    return numbers


def assert_nowhere(
    numbers: Mapping[int, str], *texts: str, directory: Path, environment: Mapping
) -> None:
    """Search texts, files and tables for the numbers, also without separators."""
    found = [
        *texts,
        *_of_files(directory),
        *_of_database(directory, environment.get("DATABASE_URL")),
    ]
    # The end of a code and our own clock beside it can spell a number by chance.
    sources = [MOMENT.sub("", text) for text in found]
    assert not any(people.holds(text, *numbers.values()) for text in sources)


def test_the_search_finds_what_it_looks_for():
    assert people.holds("甲 ２１０８９９-1990 0101-001x", "21089919900101001X")


def _of_files(directory: Path) -> Iterator[str]:
    for path in directory.rglob("*"):
        if path.is_file():
            yield path.read_bytes().decode("utf-8", "ignore")
        if path.suffix == ".parquet":
            yield str(pl.read_parquet(path).rows())


def _of_database(directory: Path, url: str | None) -> Iterator[str]:
    if url is None:
        with closing(sqlite3.connect(directory / "xinheng.sqlite3")) as connection:
            yield "\n".join(connection.iterdump())
        return
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        for (table,) in tables:
            yield str(connection.execute(f'SELECT t::text FROM "{table}" t').fetchall())


@pytest.mark.parametrize(
    ("dataset", "encoding", "seed"), [("permit", "utf-8", 1), ("penalty", "gb18030", 2)]
)
class TestHiddenNumbers:
    def test_get_past_no_check(self, tmp_path, dataset, encoding, seed):
        file, out = tmp_path / "file.csv", tmp_path / "out"
        numbers = hidden(dataset, file, seed=seed, encoding=encoding)

        done = xinheng("check", file, "--dataset", dataset, "--json", "--out", out)

        report = json.loads(done.stdout)
        rejects = pl.read_csv(out / "rejects.csv")
        refused = rejects.filter(pl.col("rule") == "PERSONAL_ID")["row"]
        assert set(refused) == set(numbers)
        assert report["accepted"] == ROWS - len(numbers)
        file.unlink()
        texts = [done.stdout, done.stderr, *_of_files(tmp_path)]
        assert not any(people.holds(text, *numbers.values()) for text in texts)

    def test_are_stored_nowhere(self, tmp_path, place, dataset, encoding, seed):
        directory, environment = place
        file = tmp_path / "file.csv"
        numbers = hidden(dataset, file, seed=seed, encoding=encoding)

        done = xinheng(
            *("submit", file, "--dataset", dataset, "--unit", "U01"),
            *("--json", "--dir", directory),
            environment=environment,
        )

        answer = json.loads(done.stdout)
        assert answer["findings"]["PERSONAL_ID"] == len(numbers) == answer["rejected"]
        assert answer["accepted"] == ROWS - len(numbers)
        assert_nowhere(
            numbers,
            done.stdout,
            done.stderr,
            directory=directory,
            environment=environment,
        )


def test_no_number_stays_after_a_kill_and_a_new_start(tmp_path, place):
    directory, environment = place
    file = tmp_path / "file.csv"
    numbers = hidden("permit", file, seed=3)
    chance = random.Random(3)
    killed = 0

    for _ in range(KILLS):
        killed += _kill_a_submission(file, directory, environment, chance)
        restarted = xinheng(
            "worker", "--once", "--dir", directory, environment=environment
        )
        assert restarted.returncode == 0, restarted.stderr
        assert_nowhere(
            numbers, restarted.stderr, directory=directory, environment=environment
        )

    assert killed


def _kill_a_submission(
    file: Path, directory: Path, environment: Mapping[str, str], chance: random.Random
) -> bool:
    """Kill a submission some time after its bytes are staged; tell whether it died."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "xinheng", "submit", file, "--dataset", "permit"),
            *("--unit", "U01", "--dir", directory),
        ],
        env=dict(environment),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while process.poll() is None and not list(directory.glob("staging/*/content*")):
        time.sleep(0.01)
    time.sleep(chance.uniform(0, 0.3))
    process.kill()
    return process.wait() == -signal.SIGKILL


def valid_codes(count: int, *, seed: int) -> list[str]:
    """Return codes of every authority, with both check characters right."""
    chance = random.Random(seed)
    found: set[str] = set()
    while len(found) < count:
        authority = AUTHORITIES[len(found) % len(AUTHORITIES)]
        # Half of them look as much like an identity number as a code can.
        born = f"19{chance.randint(30, 99)}{chance.randint(1, 12):02}"
        first_eight = (
            "".join(chance.choices(uscc.ALPHABET, k=8))
            if chance.random() < 0.5
            else f"{born}{chance.randint(10, 28)}"
        )
        body = (
            f"{authority}{chance.choice('139')}{chance.choice(people.DIVISIONS)}"
            f"{first_eight}{organization_code.check_character(first_eight)}"
        )
        found.add(body + uscc.check_character(body))
    return sorted(found)


def test_no_registered_code_is_refused_as_a_number(tmp_path):
    codes = valid_codes(CODES, seed=4)
    title = "行政相对人代码_1(统一社会信用代码)"
    rows = [
        {**row, title: code, "行政相对人类别": "法人及非法人组织"}
        for row, code in zip(files.permit_rows(CODES), codes, strict=True)
    ]
    file = files.write_csv(tmp_path / "file.csv", rows)
    known = [{"name": row["行政相对人名称"], "uscc": row[title]} for row in rows]
    register = files.write_csv(tmp_path / "register.csv", known)

    done = xinheng(
        *("check", file, "--dataset", "permit", "--register", register, "--json")
    )

    report = json.loads(done.stdout)
    assert report["accepted"] == report["rows_read"] == CODES
    assert set(report["findings"]) <= {"LATE", "USCC_AUTHORITY", "USCC_DIVISION"}
