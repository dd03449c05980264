"""What is killed, and where: operations of the house with the points of their writes.

To have one more operation killed, write what it does and list its points here:

    OPERATIONS["listing.decide"] = Operation(decide, (
        ("xinheng.apps.listings.operations", "decide", "after"), ...))

`act(directory, chance, number)` runs in a process of its own, with the register set up
and `number` submissions behind it at most; it must reach each of its points every time.
A point is a module, a function in it, and the side of the call on which the process
dies. What must hold of the operation's own tables belongs into `kills.examine`.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Point = tuple[str, str, str]
Act = Callable[[Path, random.Random, int], None]


@dataclass(frozen=True, slots=True)
class Operation:
    """An act, and the points at which the process dies."""

    act: Act
    points: tuple[Point, ...]


def _submit(directory: Path, chance: random.Random, number: int) -> None:
    from tests.proofs import kills
    from xinheng.cli import submitting

    # A row that is new each time: a file like an earlier one is not archived again.
    files = kills.write_files(directory, chance, remark=remark(number))
    submitting.submit(
        chance.choice(files),
        dataset="permit",
        unit="U01",
        period="2019-05",
        dry_run=False,
        as_json=False,
    )


def remark(number: int) -> str:
    """Return the words that only the file of this number holds."""
    return f"第{number}次报送的备注"


def _correct(directory: Path, chance: random.Random, number: int) -> None:
    """Hand rows in and then the same with other content, which supersedes them."""
    _submit(directory, random.Random(0), 0)
    _submit(directory, random.Random(0), number)


def _checkpoint(directory: Path, chance: random.Random, number: int) -> None:
    from xinheng.apps.ledger import operations

    operations.issue_checkpoint()


def _erase(directory: Path, chance: random.Random, number: int) -> None:
    """Erase a record that still has content, all of its versions."""
    from django.utils import timezone

    from xinheng.apps.custody import erasure
    from xinheng.apps.records import erasing
    from xinheng.apps.records.models import Record

    _submit(directory, chance, number)
    row = Record.objects.filter(body__contains=remark(number)).first()
    assert row is not None
    name = f"{row.submission.ledger_seq}.{row.row_number}"
    order = erasure.Order(
        erasing.find_by_names([name]),
        (),
        erasure.Basis.COURT_ORDER,
        f"示例{number}号",
    )
    erasure.erase(order=order, actor="test", at=timezone.now())


def _back_up(directory: Path, chance: random.Random, number: int) -> None:
    from django.utils import timezone

    from xinheng.apps.custody import backup

    target = directory / f"backup-{number}"
    backup.make(directory=target, actor="test", at=timezone.now())


_RECORDS = "xinheng.apps.records.landing"
_LEDGER = "xinheng.apps.ledger.operations"
_ERASURE = "xinheng.apps.custody.erasure"
_BACKUP = "xinheng.apps.custody.backup"

OPERATIONS: dict[str, Operation] = {
    "submission": Operation(
        _submit,
        (
            ("xinheng.apps.intake.staging", "write", "before"),
            ("xinheng.apps.intake.staging", "write", "after"),
            ("xinheng.pipeline.run", "check", "before"),
            ("xinheng.pipeline.run", "check", "after"),
            (_RECORDS, "land", "before"),
            (_RECORDS, "land", "after"),
            ("xinheng.apps.intake.held", "close", "after"),
            ("xinheng.apps.intake.held", "keep", "after"),
            ("xinheng.apps.intake.archive", "publish", "before"),
            ("xinheng.apps.intake.archive", "_force", "before"),
            ("xinheng.apps.intake.archive", "publish", "after"),
            (_LEDGER, "append", "before"),
            (_LEDGER, "append", "after"),
            (_RECORDS, "seal", "after"),
            ("xinheng.apps.outbox.operations", "queue", "after"),
            ("xinheng.apps.intake.landing", "land", "after"),
            ("xinheng.apps.intake.staging", "wipe", "before"),
            ("xinheng.apps.intake.staging", "wipe", "after"),
            ("xinheng.apps.intake.queries", "receipt", "after"),
        ),
    ),
    "correction": Operation(
        _correct,
        (
            (_RECORDS, "_supersede", "before"),
            (_RECORDS, "_supersede", "after"),
            (_RECORDS, "_insert", "after"),
        ),
    ),
    "checkpoint": Operation(
        _checkpoint,
        (
            (_LEDGER, "lock_head", "after"),
            (_LEDGER, "keep_checkpoint", "before"),
            (_LEDGER, "_frontier", "after"),
            (_LEDGER, "issue_checkpoint", "after"),
        ),
    ),
    "erasure": Operation(
        _erase,
        (
            (_ERASURE, "_order", "after"),
            ("xinheng.apps.intake.erasing", "_without", "before"),
            ("xinheng.apps.intake.erasing", "_without", "after"),
            (_ERASURE, "_empty_intake", "after"),
            ("xinheng.apps.records.erasing", "erase", "before"),
            ("xinheng.apps.records.erasing", "erase", "after"),
            ("xinheng.apps.ledger.erasing", "empty", "after"),
            (_ERASURE, "_carry_out", "after"),
            ("xinheng.apps.custody.erasure_copy", "write", "after"),
            ("xinheng.apps.intake.erasing", "withdraw_replaced", "after"),
            (_ERASURE, "_compact", "after"),
        ),
    ),
    "backup": Operation(
        _back_up,
        (
            (_BACKUP, "_write", "before"),
            (_BACKUP, "_copy", "before"),
            (_BACKUP, "_copy", "after"),
            (_BACKUP, "_write", "after"),
            (_BACKUP, "_note", "before"),
            (_BACKUP, "_note", "after"),
        ),
    ),
}
