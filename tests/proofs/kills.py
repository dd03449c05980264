"""Kill operations at every named point, over and over, and look at what is left.

Each trial runs in a process of its own that ends by SIGKILL the moment it reaches its
point (`kill_operations.py`). Afterwards a fresh process sweeps and resumes, as every
start does, and must find that

    the ledger verifies and every completed submission's receipt verifies,
    the records are exactly those of completed submissions, each with its entry,
    a listing, its entry, its message and its measures stand or fall together,
    an erasure that was ordered is carried out, and its words are nowhere,
    a backup that bears its name is whole,
    nothing lies in staging, and nothing in the archive that no submission names,
    the personal number of the file's dirty row is in no file of the register.

    python -m tests.proofs.kills --kills 100 --seed 1 --dir DIR
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import json
import os
import random
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from unittest import mock

from tests.proofs.kill_operations import OPERATIONS, Operation, Point, remark

PERSONAL_NUMBER = "210899199001010012"
NEWEST = 3  # receipts verified after each kill; at the end, all of them


def main() -> None:
    """Run the trials and print the histogram as one JSON object."""
    options = _options()
    os.environ |= {"XINHENG_DIR": str(options.dir), "XINHENG_DEMO": "true"}
    in_child(lambda: set_up(options.dir))
    in_child(_allow_lists)
    warm_up()
    chance = random.Random(options.seed)
    trials = [
        (operation, point)
        for operation in OPERATIONS.values()
        for point in operation.points
    ]
    histogram: collections.Counter[str] = collections.Counter()
    for number in range(1, options.kills + 1):
        operation, point = trials[(number - 1) % len(trials)]
        trial = partial(_try, operation, point, options.dir, chance.random(), number)
        if in_child(trial) == -signal.SIGKILL:
            histogram[".".join(point)] += 1
        if in_child(partial(examine, newest=NEWEST)) != 0:
            sys.exit(f"after a kill at {point}: the register is not sound")
    if in_child(examine) != 0:
        sys.exit("at the end: the register is not sound")
    print(json.dumps({"kills": histogram.total(), "points": histogram}, indent=1))
    tried = {".".join(point) for _, point in trials[: options.kills]}
    missed = tried - set(histogram)
    if missed or histogram.total() < options.kills:
        sys.exit(f"not every point was hit: {sorted(missed)}")


def warm_up() -> None:
    """Import here what every trial needs, and leave no connection to be shared."""
    import importlib

    prepare()
    from django.db import connections

    from xinheng.rulebook import catalog

    catalog.datasets()
    for operation in OPERATIONS.values():
        for module, _, _ in operation.points:
            importlib.import_module(module)
    connections.close_all()


def _try(
    operation: Operation, point: Point, directory: Path, seed: float, number: int
) -> None:
    prepare()
    if operation.ready:
        operation.ready(directory, random.Random(seed), number)
    with _dying(*point):
        operation.act(directory, random.Random(seed), number)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dir", type=Path, required=True)
    return parser.parse_args()


def in_child(work: Callable[[], None]) -> int:
    """Run in a process of its own; return its exit code, or minus the signal."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            if code:
                traceback.print_exc()
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def prepare() -> None:
    from django.apps import apps

    from xinheng.cli.environment import prepare

    if not apps.ready:
        prepare(None)


def set_up(directory: Path) -> None:
    from django.utils import timezone

    prepare()
    from xinheng.apps.organizations import operations
    from xinheng.rulebook import samples

    register = directory / "register.csv"
    lines = ["name,uscc"]
    lines += [
        f"{each.name},{each.code}" for each in samples.organizations(samples.POOL)
    ]
    register.write_text("\n".join(lines), encoding="utf-8")
    operations.import_register(path=register, actor="test", at=timezone.now())


def _allow_lists() -> None:
    """Have the rulebook adopted and a list in use."""
    prepare()
    from tests.factories import listings
    from xinheng.apps.listings import schemes

    listings.adopt_rulebook()
    at = listings.at(listings.PROPOSED_ON)
    schemes.activate(scheme=listings.EXCLUSION, actor=listings.OFFICE, at=at)


def write_files(
    directory: Path, chance: random.Random, *, remark: str = ""
) -> list[Path]:
    """Write files that overlap, each with a row that holds a personal number.

    One more row bears the remark, and one waits for a person.
    """
    import csv

    from xinheng.rulebook import catalog, samples

    paths = []
    for number in range(6):
        rows = samples.sample_rows(catalog.dataset("permit"), rows=40, seed=number % 3)
        chance.shuffle(rows)
        rows[0] = {**rows[0], "备注": f"联系人证件 {PERSONAL_NUMBER}"}
        rows[1] = {**rows[1], "备注": remark}
        rows[2] = {**rows[2], "行政相对人名称": "示例市另一家有限公司"}
        path = directory / f"permits-{number}.csv"
        with path.open("w", encoding="utf-8", newline="") as target:
            writer = csv.DictWriter(target, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        paths.append(path)
    return paths


@contextlib.contextmanager
def _dying(module: str, function: str, side: str) -> Iterator[None]:
    """Let this process die before or after the first call of a function."""
    import importlib

    real = getattr(importlib.import_module(module), function)

    def die(*arguments: object, **named: object) -> object:
        if side == "after":
            real(*arguments, **named)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("unreachable")

    with mock.patch(f"{module}.{function}", die):
        yield


def examine(*, newest: int | None = None) -> None:
    """Look at everything; `newest` bounds how many receipts are verified."""
    prepare()
    from django.conf import settings
    from django.utils import timezone

    from xinheng.apps.custody import erasure
    from xinheng.apps.intake import operations
    from xinheng.apps.intake.models import HeldRow, Submission
    from xinheng.apps.ledger import queries as ledger
    from xinheng.apps.records.models import Landing, Record

    operations.sweep()
    erasure.resume(at=timezone.now())
    completed = Submission.objects.filter(state="COMPLETED")
    written = sum(row.new + row.changed for row in completed)
    current = Record.objects.filter(superseded_at__isnull=True)
    assert current.count() == sum(row.new for row in completed)
    assert Submission.objects.count() == completed.count()
    assert Record.objects.count() == written
    assert Landing.objects.filter(ledger_seq__isnull=True).count() == 0
    assert set(Landing.objects.values_list("id", "ledger_seq")) == set(
        completed.values_list("id", "ledger_seq")
    )
    assert HeldRow.objects.exclude(submission__in=completed).count() == 0
    _examine_receipts(completed.order_by("-ledger_seq")[:newest])
    assert ledger.verify().problems == ()
    _examine_listings()
    _examine_erasures(Path(settings.DATA_DIR))
    _examine_backups(Path(settings.DATA_DIR))
    _examine_files(Path(settings.DATA_DIR), completed)


def _examine_listings() -> None:
    """A listing, its entry, its message and its measures stand or fall together."""
    from xinheng.apps.ledger.models import Entry
    from xinheng.apps.listings.models import Listing, ListingEvent
    from xinheng.apps.measures.models import Application, Task
    from xinheng.apps.outbox.models import Delivery

    told = set(ListingEvent.objects.values_list("ledger_seq", flat=True))
    written = Entry.objects.filter(kind__startswith="listing.")
    written = written.filter(subject__startswith="listing:")
    assert told == set(written.values_list("seq", flat=True))
    queued = Delivery.objects.filter(ledger_seq__in=told, target="")
    assert told == set(queued.values_list("ledger_seq", flat=True))
    for row in Listing.objects.filter(state__in=["IN_FORCE", "REVOKED"]):
        of = Application.objects.filter(cause_id=str(row.id), cause_kind="listing")
        is_over = row.state == "REVOKED"
        assert of.exists()
        assert of.filter(recalled_seq__isnull=is_over).count() == 0
        states = set(Task.objects.filter(application__in=of).values_list("state"))
        assert states <= ({("RECALL_OPEN",), ("RECALLED",)} if is_over else {("OPEN",)})
    others = Listing.objects.exclude(state__in=["IN_FORCE", "REVOKED"])
    fired = Application.objects.values_list("cause_id", flat=True)
    assert not set(fired) & {str(key) for key in others.values_list("id", flat=True)}


def _examine_erasures(directory: Path) -> None:
    from xinheng.apps.custody.models import Erasure
    from xinheng.apps.records.models import Record

    for row in Erasure.objects.all():
        assert row.ledger_seq is not None
        assert row.tidied_at is not None
        words = remark(int(row.citation.strip("示例号")))
        assert not Record.objects.filter(body__contains=words).exists()
        for path in directory.glob("xinheng.sqlite3*"):
            assert words.encode() not in path.read_bytes(), path


def _examine_backups(directory: Path) -> None:
    import shutil

    from xinheng.apps.custody import manifest

    for backup in directory.glob("backup-*"):
        manifest.check(backup, manifest.read(backup))
        shutil.rmtree(backup)
    for draft in directory.glob(".backup-*.partial"):
        shutil.rmtree(draft)


def _examine_receipts(completed: object) -> None:
    from xinheng.apps.ledger import receipts

    for row in completed:  # type: ignore[attr-defined]
        receipt = receipts.receipt(seq=row.ledger_seq, size=row.ledger_seq + 1)
        assert receipts.verify(receipt) == ()


def _examine_files(directory: Path, completed: object) -> None:
    staged = [path.name for path in (directory / "staging").iterdir()]
    assert staged in ([], ["uploads"]), staged
    named = {
        digest
        for row in completed  # type: ignore[attr-defined]
        for digest in (row.accepted_digest, row.findings_digest, row.rejects_digest)
        if digest
    }
    archived = [path for path in (directory / "archive").rglob("*") if path.is_file()]
    assert {path.stem for path in archived} == named
    for path in directory.rglob("*"):
        if path.is_file() and not path.name.startswith("permits-"):
            assert PERSONAL_NUMBER.encode() not in path.read_bytes(), path


if __name__ == "__main__":
    main()
