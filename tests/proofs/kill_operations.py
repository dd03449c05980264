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
from datetime import date
from pathlib import Path

Point = tuple[str, str, str]
Act = Callable[[Path, random.Random, int], None]


@dataclass(frozen=True, slots=True)
class Operation:
    """An act, the points at which the process dies, and what is done before, safely."""

    act: Act
    points: tuple[Point, ...]
    ready: Act | None = None


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


def _propose(directory: Path, chance: random.Random, number: int) -> None:
    """Propose to list an organization that was on no list yet."""
    from tests.factories import listings
    from xinheng.apps.listings import operations
    from xinheng.apps.listings.models import Listing
    from xinheng.apps.organizations.models import Organization
    from xinheng.core.listings.procedure import Event

    known = Listing.objects.values("organization")
    others = Organization.objects.filter(uscc__startswith="91").exclude(id__in=known)
    operations.propose(
        scheme=listings.EXCLUSION,
        uscc=others.order_by("id").first().uscc,
        authority=listings.UNIT,
        told=listings.told(Event.PROPOSE),
        by=listings.by(listings.FIRST, SERVED_ON),
    )


def _serve(directory: Path, chance: random.Random, number: int) -> None:
    from xinheng.core.listings.procedure import Event

    _record(Event.SERVE, on=SERVED_ON, notice_on=SERVED_ON)


def _decide(directory: Path, chance: random.Random, number: int) -> None:
    from tests.factories import listings
    from xinheng.core.listings.procedure import Event

    days = {"decided_on": DECIDED_ON, "expires_on": EXPIRES_ON}
    _record(Event.DECIDE, on=DECIDED_ON, actor=listings.SECOND, **days)


def _revoke(directory: Path, chance: random.Random, number: int) -> None:
    from xinheng.core.listings.procedure import Event

    _record(Event.REVOKE, on=DECIDED_ON, effective_on=DECIDED_ON)


def _record(event: object, **told: object) -> None:
    """Take the listing that was proposed last a step on."""
    from tests.factories import listings
    from xinheng.apps.listings.models import Listing

    last = Listing.objects.order_by("-id").first()
    assert last is not None
    listings.record(last.id, event, **told)


def _in_turn(*acts: Act) -> Act:
    def all_of(directory: Path, chance: random.Random, number: int) -> None:
        for act in acts:
            act(directory, chance, number)

    return all_of


# 1 June 2026 is a Monday; the window to answer closes on the 8th.
SERVED_ON, DECIDED_ON = date(2026, 6, 1), date(2026, 6, 12)
EXPIRES_ON = date(2028, 6, 12)

_LISTINGS = "xinheng.apps.listings.operations"
_MEASURES = "xinheng.apps.measures.operations"
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
    "listing.propose": Operation(
        _propose,
        (
            (_LEDGER, "append", "before"),
            (_LEDGER, "append", "after"),
            (_LISTINGS, "tell", "after"),
        ),
    ),
    "listing.serve": Operation(
        _serve,
        ((_LISTINGS, "tell", "before"), (_LISTINGS, "tell", "after")),
        ready=_propose,
    ),
    "listing.decide": Operation(
        _decide,
        (
            (_LISTINGS, "tell", "after"),
            (_MEASURES, "_create", "after"),
            (_MEASURES, "_tell_fired", "after"),
            (_LISTINGS, "_give_way", "before"),
            (_LISTINGS, "_give_way", "after"),
        ),
        ready=_in_turn(_propose, _serve),
    ),
    "listing.end": Operation(
        _revoke,
        (
            (_LISTINGS, "tell", "after"),
            (_MEASURES, "recall_many", "before"),
            (_MEASURES, "_recall_batch", "after"),
            (_LISTINGS, "_advance", "after"),
        ),
        ready=_in_turn(_propose, _serve, _decide),
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
