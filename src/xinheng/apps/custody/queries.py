"""Whether the register is kept: when it was last backed up, and last came back."""

from __future__ import annotations

from xinheng.apps.ledger import queries as ledger
from xinheng.apps.ledger.queries import EntryView

BACKUP_MADE = "backup.made"
DRILL_PASSED = "backup.drill_passed"
DRILL_FAILED = "backup.drill_failed"
SUBJECT = "register"


def last_backup() -> EntryView | None:
    """Return the ledger's entry of the latest backup, null where there was none."""
    return ledger.find_last(subject=SUBJECT, kind=BACKUP_MADE)


def last_drill() -> EntryView | None:
    """Return the entry of the latest backup that came back, null where none did."""
    return ledger.find_last(subject=SUBJECT, kind=DRILL_PASSED)


def last_failed_drill() -> EntryView | None:
    """Return the entry of the latest backup that did not come back, or null."""
    return ledger.find_last(subject=SUBJECT, kind=DRILL_FAILED)
