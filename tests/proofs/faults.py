"""Faults around the register: nothing lost, nothing doubled, every receipt verifies.

    sessions   every session of the database is ended, again and again, under load:
               what a restart of PostgreSQL does to the processes that use it
    disk       the disk is full: no file may grow beyond a bound, which is another one
               each time; on a small file system of its own where one can be mounted
    workers    two workers take the same file up at once

A submission that failed is handed in again, as its clerk would. Every receipt that was
handed out is kept, and verified at the end against the ledger as it is then.

    python -m tests.proofs.faults sessions --dir DIR
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import resource
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.proofs import kills

LOADERS, FILES_EACH, MOST_TRIES = 2, 6, 100
SMALLEST, STEPS, FACTOR = 8 * 1024, 2, 16
MIB = 1024 * 1024


def main() -> None:
    """Bring the fault about, then look at what is there."""
    parser = argparse.ArgumentParser()
    parser.add_argument("fault", choices=sorted(FAULTS))
    parser.add_argument("--dir", type=Path, required=True)
    options = parser.parse_args()
    os.environ |= {"XINHENG_DIR": str(options.dir), "XINHENG_LOG_LEVEL": "error"}
    if kills.in_child(partial(kills.set_up, options.dir)):
        sys.exit("no register to begin with")
    report = FAULTS[options.fault](options.dir)
    if kills.in_child(partial(_finish, options.dir)):
        sys.exit("the register is not sound")
    print(json.dumps(report))


def _sessions(directory: Path) -> dict[str, int]:
    """Submit from several processes while all sessions end again and again."""
    files, chance = kills.write_files(directory, random.Random(1)), random.Random(2)
    kills.warm_up()
    children = [
        _start(partial(_load, directory, number, files)) for number in range(LOADERS)
    ]
    cuts, codes = 0, []
    while children:
        time.sleep(chance.uniform(0.1, 0.9))
        cuts += _cut()
        for child in list(children):
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                children.remove(child)
                codes.append(os.waitstatus_to_exitcode(status))
    if any(codes) or not cuts:
        sys.exit(f"exit codes {codes}, sessions ended: {cuts}")
    return {"sessions_ended": cuts, "submissions": LOADERS * FILES_EACH}


def _load(directory: Path, number: int, files: list[Path]) -> None:
    """Hand in each file until it is taken; what broke is tried again."""
    from django.db import DatabaseError, InterfaceError, connection

    for turn in range(FILES_EACH):
        file = files[(number + turn * LOADERS) % len(files)]
        for tried in range(MOST_TRIES):
            try:
                _submit(directory, file, f"{number}-{turn}")
                break
            except (DatabaseError, InterfaceError, SystemExit):
                connection.close()
                time.sleep(0.05 * (tried % 5))
        else:
            raise AssertionError(f"{file} was not taken")


def _cut() -> int:
    """End every other session of this database; return how many there were."""
    import psycopg

    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        [(count,)] = connection.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    return int(count)


def _disk(directory: Path) -> dict[str, int]:
    """Submit while files may not grow beyond a bound, a larger one each time."""
    files = kills.write_files(directory, random.Random(1))
    largest = max(
        path.stat().st_size for path in directory.rglob("*") if path.is_file()
    )
    bounds = [SMALLEST * FACTOR**step for step in range(STEPS)] + [largest + 64 * 1024]
    broken = 0
    for turn, bound in enumerate(bounds):
        work = partial(_submit_bounded, directory, files[turn % len(files)], bound)
        broken += kills.in_child(work) != 0
        if kills.in_child(partial(kills.examine, newest=kills.NEWEST)):
            sys.exit(f"after a disk full at {bound} bytes: the register is not sound")
    if not broken:
        sys.exit("no submission met the full disk")
    return {"bounds": len(bounds), "broken": broken}


def _submit_bounded(directory: Path, file: Path, bound: int) -> None:
    kills.prepare()
    resource.setrlimit(resource.RLIMIT_FSIZE, (bound, resource.RLIM_INFINITY))
    _submit(directory, file, f"bound-{bound}")


def _full(directory: Path) -> dict[str, int]:
    """Submit on a file system of its own that is filled up to a few kilobytes."""
    files = kills.write_files(directory, random.Random(1))
    filler, broken = directory / "permits-filler", 0
    leave = [0, 128, 1024]
    for turn, kilobytes in enumerate(leave):
        room = os.statvfs(directory)
        free = room.f_bavail * room.f_frsize - kilobytes * 1024
        with filler.open("wb") as target:
            os.posix_fallocate(target.fileno(), 0, max(free, 1))
        work = partial(_submit_here, directory, files[turn], f"left-{kilobytes}")
        broken += kills.in_child(work) != 0
        filler.unlink()
        if kills.in_child(partial(kills.examine, newest=kills.NEWEST)):
            sys.exit(f"with {kilobytes} KB left: the register is not sound")
    if not broken:
        sys.exit("no submission met the full disk")
    return {"disks_filled": len(leave), "broken": broken}


def _submit_here(directory: Path, file: Path, name: str) -> None:
    kills.prepare()
    _submit(directory, file, name)


def _workers(directory: Path) -> dict[str, int]:
    """Leave files to two workers that take each of them up at the same moment."""
    files = kills.write_files(directory, random.Random(1))
    if kills.in_child(partial(_receive, files)):
        sys.exit("the files were not received")
    children = [_start(_work) for _ in range(2)]
    codes = [os.waitstatus_to_exitcode(os.waitpid(each, 0)[1]) for each in children]
    if any(codes):
        sys.exit(f"exit codes {codes}")
    return {"files": len(files), "workers": 2}


def _receive(files: list[Path]) -> None:
    from tests.proofs import together

    kills.prepare()
    together._receive(files)


def _work() -> None:
    """Process every submission there is, whoever else does so."""
    from django.utils import timezone

    from xinheng.apps.intake import operations
    from xinheng.apps.intake.models import Submission

    for key in Submission.objects.order_by("received_at").values_list("id", flat=True):
        with contextlib.suppress(operations.BusyError):
            operations.process(submission=str(key), at=timezone.now())


def _submit(directory: Path, file: Path, name: str) -> None:
    """Hand a file in and keep the receipt that came back."""
    from xinheng.apps.ledger import receipts
    from xinheng.cli import submitting

    answer = submitting.submit(
        file,
        dataset="permit",
        unit="U01",
        period="2019-05",
        dry_run=False,
        as_json=False,
    )
    assert answer["rows_read"] == 40
    receipt = answer["receipt"]
    assert receipts.verify(receipt) == ()
    (directory / f"permits-receipt-{name}.json").write_text(json.dumps(receipt))


def _finish(directory: Path) -> None:
    """Work off what was left, then look at everything and at every receipt."""
    kills.prepare()
    from django.utils import timezone

    from xinheng.apps.intake import operations
    from xinheng.apps.ledger import queries, receipts
    from xinheng.apps.ledger.models import Entry

    operations.sweep()
    while operations.process_next(at=timezone.now()) is not None:
        pass
    kills.examine()
    for path in directory.glob("permits-receipt-*.json"):
        receipt = json.loads(path.read_text())
        assert receipts.verify(receipt) == (), path.name
        entry = queries.get_entry(receipt["entry"]["seq"])
        assert entry.entry == receipt["digest"]
    subjects = Entry.objects.filter(kind="submission.completed")
    named = list(subjects.values_list("subject", flat=True))
    assert len(named) == len(set(named))


def _start(task: Callable[[], None]) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        kills.prepare()
        task()
        code = 0
    finally:
        if code:
            traceback.print_exc()
        sys.stderr.flush()
        os._exit(code)


def mounted(directory: Path, *, size: int = 48 * MIB) -> bool:
    """Mount a small file system there; tell whether this machine lets us."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(directory)]
    try:
        return subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        return False


FAULTS: dict[str, Callable[[Path], dict[str, int]]] = {
    "sessions": _sessions,
    "disk": _disk,
    "full": _full,
    "workers": _workers,
}

if __name__ == "__main__":
    main()
