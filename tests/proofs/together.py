"""Many processes at one register: nothing is lost, doubled, or left over.

Some hand in files that overlap and wait for the verdict, some leave theirs to two
workers, one imports registers, one sweeps without end. Afterwards the register must be
as sound as after a kill (`kills.examine`), and every row read must have its verdict.

    python -m tests.proofs.together --seed 1 --dir DIR
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.proofs import kills

SUBMITTERS = 3
RECEIVERS = 2
WORKERS = 2
FILES_EACH = 4
LONGEST_SECONDS = 120


def main() -> None:
    """Let them all loose, wait for them, and look at what is there."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dir", type=Path, required=True)
    options = parser.parse_args()
    os.environ["XINHENG_DIR"] = str(options.dir)
    kills.in_child(lambda: kills.set_up(options.dir))
    chance = random.Random(options.seed)
    files = kills.write_files(options.dir, chance)
    done = options.dir / "done"
    tasks: list[Callable[[], None]] = [partial(_import, options.dir)]
    tasks += [
        partial(act, chance.choices(files, k=FILES_EACH))
        for act in [_submit] * SUBMITTERS + [_receive] * RECEIVERS
    ]
    expected = (SUBMITTERS + RECEIVERS) * FILES_EACH
    helpers = [partial(_sweep, done), *[partial(_work, expected)] * WORKERS]
    codes = _all_at_once(tasks + helpers, done)
    if any(codes):
        sys.exit(f"exit codes {codes}")
    if kills.in_child(partial(_examine, expected)):
        sys.exit("the register is not sound")


def _all_at_once(tasks: list[Callable[[], None]], done: Path) -> list[int]:
    """Run each in a process of its own; `done` tells the sweep that it is the last."""
    children = [_start(task) for task in tasks]
    sweep = children.pop(-1 - WORKERS)
    codes = [os.waitstatus_to_exitcode(os.waitpid(each, 0)[1]) for each in children]
    done.touch()
    return [*codes, os.waitstatus_to_exitcode(os.waitpid(sweep, 0)[1])]


def _start(task: Callable[[], None]) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        kills.prepare()
        task()
        code = 0
    except SystemExit:
        code = 2
    finally:
        sys.stderr.flush()
        os._exit(code)


def _submit(files: list[Path]) -> None:
    from xinheng.cli import submitting

    for file in files:
        answer = submitting.submit(
            file,
            dataset="permit",
            unit="U01",
            period="2019-05",
            dry_run=False,
            as_json=False,
        )
        assert answer["rows_read"] == 40


def _receive(files: list[Path]) -> None:
    from django.utils import timezone

    from xinheng.apps.intake import operations
    from xinheng.cli.submitting import operator_for

    for file in files:
        with file.open("rb") as content:
            hand_in = operations.HandIn(
                operator_for("U01"), "U01", "permit", "2019-05", file.name, content
            )
            operations.receive(hand_in, at=timezone.now())


def _work(expected: int) -> None:
    """Work until every file has its verdict."""
    from django.utils import timezone

    from xinheng.apps.intake import operations
    from xinheng.apps.intake.models import Submission

    until = time.monotonic() + LONGEST_SECONDS
    while Submission.objects.filter(state="COMPLETED").count() < expected:
        assert time.monotonic() < until, list(Submission.objects.values("state"))
        if operations.process_next(at=timezone.now()) is None:
            time.sleep(0.05)


def _import(directory: Path) -> None:
    """Take more organizations in, and rename some under the feet of the check."""
    from django.utils import timezone

    from xinheng.apps.organizations import operations
    from xinheng.rulebook import samples

    for number in range(FILES_EACH):
        register = directory / f"register-{number}.csv"
        lines = [
            f"{each.name}{number or ''},{each.code}"
            for each in samples.organizations(200 + 50 * number, seed=0)[150:]
        ]
        register.write_text("\n".join(["name,uscc", *lines]), encoding="utf-8")
        operations.import_register(path=register, actor="test", at=timezone.now())


def _sweep(done: Path) -> None:
    from xinheng.apps.intake import operations

    while not done.exists():
        operations.sweep()
        time.sleep(0.01)


def _examine(expected: int) -> None:
    kills.examine()
    from xinheng.apps.intake.models import HeldRow, Submission
    from xinheng.apps.records.models import Record

    completed = Submission.objects.filter(state="COMPLETED")
    assert completed.count() == expected
    assert {row.rows_read for row in completed} == {40}
    current = Record.objects.filter(superseded_at__isnull=True)
    keys = list(current.values_list("natural_key", flat=True))
    assert len(keys) == len(set(keys))
    for row in Record.objects.filter(superseded_at__isnull=False):
        assert row.superseded_at >= row.recorded_at
    kept_aside = sum(row.questionable + row.unlinked for row in completed)
    assert HeldRow.objects.count() == kept_aside


if __name__ == "__main__":
    main()
