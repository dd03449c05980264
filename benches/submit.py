"""A file of made-up permits into the register, end to end, against the bare insert.

    DATABASE_URL=postgres://... python -m benches.submit --rows 200000 --rounds 5

`first` is the submission from the bytes to the receipt. Its floor is the insert of the
very rows that it wrote into an empty table like theirs: COPY in its text form on
PostgreSQL, one `executemany` on SQLite, commit included. On PostgreSQL it is measured
twice: with the same foreign keys (`floor`), with the indexes alone (`bare`); SQLite
has none of them. `again` hands the same rows in shuffled, with one more. `small` is
a file of 600 rows through the desk's own steps: received, then processed.

Each round begins with a fresh copy of a database that knows the organizations; first,
floor and again follow each other in it. Without a server in `DATABASE_URL` only SQLite
is measured.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import platform
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benches import _permits, _submissions

PROMISES = {"first": 2.5, "again": 0.5, "small": 1.0}
SMALL_ROWS = 2_000
DESK_ROWS = 600
# The day of intake: within seven working days of every decision.
AT = datetime.combine(
    _permits.FIRST_DAY + timedelta(days=7), datetime.min.time(), tzinfo=UTC
)
UNIT = "U01"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print; leave with 1 where a promise is broken."""
    options = _options(arguments)
    if options.child:
        print(json.dumps(STEPS[options.child](options.place)))
        return
    rows = SMALL_ROWS if options.small else options.rows
    rounds = 1 if options.small else options.rounds
    with tempfile.TemporaryDirectory(prefix="xinheng-bench-") as directory:
        place = Path(directory)
        _submissions.write(place, rows=rows)
        kept = [
            _report(_measure(database, place, rounds), database, rows)
            for database in _submissions.databases(place)
        ]
    print(f"  on {platform.machine()}, {os.cpu_count()} cores, {platform.platform()}")
    if not all(kept) and not options.small:
        raise SystemExit(1)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benches.submit", description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--small", action="store_true", help="does it run at all")
    parser.add_argument("--child", choices=("set_up", "round"), help=argparse.SUPPRESS)
    parser.add_argument("--place", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def _measure(
    database: _submissions.Sqlite | _submissions.Postgres, place: Path, rounds: int
) -> list[dict[str, float]]:
    try:
        _child("set_up", database.environment(), place)
        database.keep()
        done = []
        for _ in range(rounds):
            database.begin()
            done.append(_child("round", database.environment(), place))
        return done
    finally:
        database.drop()


def _child(step: str, environment: dict[str, str], place: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benches.submit", "--child", step]
    done = subprocess.run(
        [*command, "--place", str(place)],
        env={**environment, "POLARS_MAX_THREADS": "2"},
        stdout=subprocess.PIPE,
        check=True,
    )
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


def _set_up(place: Path) -> dict[str, float]:
    from xinheng.cli.environment import prepare

    prepare(None)
    from xinheng.apps.organizations import operations

    operations.import_register(path=place / "register.csv", actor="bench", at=AT)
    return {}


def _round(place: Path) -> dict[str, float]:
    from xinheng.cli.environment import prepare

    prepare(None)
    from django.db import connection

    # What a command has loaded and opened before the file is looked at.
    _submit(b",".join(title.encode() for title in _permits.header()) + b"\n")
    is_postgres = connection.vendor == "postgresql"
    return {
        **_timed("first", lambda: _submit_file(place / "permits.csv")),
        **(_copy_floor if is_postgres else _batch_floor)(),
        **_timed("again", lambda: _submit_file(place / "again.csv")),
        **_timed("small", lambda: _through_the_desk(place / "permits.csv")),
    }


STEPS: dict[str, Callable[[Path], dict[str, float]]] = {
    "set_up": _set_up,
    "round": _round,
}


def _timed(name: str, work: Callable[[], object]) -> dict[str, float]:
    """Return the seconds that the work takes, and those of processors, by name."""
    started, cpu = time.perf_counter(), _cpu_seconds()
    work()
    seconds = time.perf_counter() - started
    return {name: seconds, f"{name}_cpu": _cpu_seconds() - cpu}


def _cpu_seconds() -> float:
    """Return what this process used, and the server's process that works for it."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return time.process_time()
    connection.ensure_connection()
    assert connection.connection is not None
    server = Path(f"/proc/{connection.connection.info.backend_pid}/stat")
    if not server.exists():  # on another machine
        return time.process_time()
    fields = server.read_text().rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def _submit_file(path: Path) -> None:
    from xinheng.apps.intake import operations, queries
    from xinheng.cli.submitting import operator_for

    actor = operator_for(UNIT)
    with path.open("rb") as content:
        hand_in = operations.HandIn(actor, UNIT, "permit", None, path.name, content)
        done = operations.submit(hand_in, at=AT)
    queries.receipt(actor=actor, submission=done.id)


def _submit(content: bytes) -> None:
    """Hand in a file without a row, which is refused."""
    from contextlib import suppress

    from xinheng.apps.intake import operations
    from xinheng.cli.submitting import operator_for
    from xinheng.pipeline.failures import UnreadableFileError

    stream = io.BytesIO(content)
    hand_in = operations.HandIn(
        operator_for(UNIT), UNIT, "permit", None, "empty.csv", stream
    )
    with suppress(UnreadableFileError):
        operations.submit(hand_in, at=AT)


def _through_the_desk(path: Path) -> None:
    """Receive and process the header and the first rows of the file."""
    from xinheng.apps.intake import operations, queries
    from xinheng.cli.submitting import operator_for

    with path.open("rb") as lines:
        content = b"".join(lines.readline() for _ in range(DESK_ROWS + 1))
    actor = operator_for(UNIT)
    hand_in = operations.HandIn(
        actor, UNIT, "permit", None, "small.csv", io.BytesIO(content)
    )
    identifier = operations.receive(hand_in, at=AT)
    operations.process(submission=identifier, at=AT)
    queries.get_submission(actor=actor, submission=identifier)
    queries.list_findings(actor=actor, submission=identifier, language="zh-hans")


def _copy_floor() -> dict[str, float]:
    from django.db import connection

    with connection.cursor() as cursor:
        with cursor.copy("COPY records_record TO STDOUT") as copy:
            rows = b"".join(bytes(part) for part in copy)
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = 'records_record'::regclass AND contype = 'f'"
        )
        foreign_keys = [definition for (definition,) in cursor.fetchall()]
        bare = _copy_into_empty_table(cursor, "bare", rows, [])
        return bare | _copy_into_empty_table(cursor, "floor", rows, foreign_keys)


def _copy_into_empty_table(
    cursor: Any, name: str, rows: bytes, constraints: Sequence[str]
) -> dict[str, float]:
    cursor.execute("CREATE TABLE bench_floor (LIKE records_record INCLUDING ALL)")
    for constraint in constraints:
        cursor.execute(f"ALTER TABLE bench_floor ADD {constraint}")

    def copy_all() -> None:
        with cursor.copy("COPY bench_floor FROM STDIN") as copy:
            for start in range(0, len(rows), 1024 * 1024):
                copy.write(rows[start : start + 1024 * 1024])

    taken = _timed(name, copy_all)
    cursor.execute("DROP TABLE bench_floor")
    return taken


def _batch_floor() -> dict[str, float]:
    """Insert into a database of its own, set as the register's is."""
    source = sqlite3.connect(Path(os.environ["XINHENG_DIR"]) / "xinheng.sqlite3")
    rows = source.execute("SELECT * FROM records_record").fetchall()
    made = source.execute(
        "SELECT sql FROM sqlite_master WHERE tbl_name = 'records_record'"
        " AND sql IS NOT NULL ORDER BY type DESC"
    ).fetchall()
    source.close()
    with tempfile.TemporaryDirectory(dir=os.environ["XINHENG_DIR"]) as place:
        floor = sqlite3.connect(Path(place) / "floor.sqlite3")
        floor.execute("PRAGMA journal_mode = WAL")
        floor.execute("PRAGMA synchronous = FULL")
        for (statement,) in made:
            floor.execute(statement)
        places = ", ".join("?" * len(rows[0]))
        statement = f"INSERT INTO records_record VALUES ({places})"

        def insert_all() -> None:
            floor.executemany(statement, rows)
            floor.commit()

        taken = _timed("floor", insert_all)
        floor.close()
    return taken


def _report(
    done: list[dict[str, float]],
    database: _submissions.Sqlite | _submissions.Postgres,
    rows: int,
) -> bool:
    """Print the medians and their ratios; tell whether all promises are kept."""
    median = {name: statistics.median(run[name] for run in done) for name in done[0]}
    print(f"submit: {rows:,} permits of 28 columns into {database.name}")
    for name, seconds in median.items():
        each = " ".join(f"{run[name]:.2f}" for run in done)
        print(f"  {name:9} {seconds:7.2f} s  ({each})")
    # The machine's noise passes over a round as a whole: ratios are taken within it.
    measured = {
        "first": statistics.median(run["first"] / run["floor"] for run in done),
        "again": statistics.median(run["again"] / run["first"] for run in done),
        "small": median["small"],
    }
    if "bare" in median:
        bare = statistics.median(run["first"] / run["bare"] for run in done)
        print(f"  first / bare {bare:.2f}: the floor without its foreign keys")
    print(
        f"  first / floor {measured['first']:.2f}, promise {PROMISES['first']};"
        f" again / first {measured['again']:.2f}, promise {PROMISES['again']};"
        f" small {measured['small']:.2f} s, promise {PROMISES['small']} s"
    )
    # Of the two, the ratio of processor time suffers less from a busy machine.
    print(
        f"  of processor time: first / floor"
        f" {median['first_cpu'] / median['floor_cpu']:.2f},"
        f" again / first {median['again_cpu'] / median['first_cpu']:.2f}"
    )
    return all(measured[name] <= most for name, most in PROMISES.items())


if __name__ == "__main__":
    main()
