"""Whether the register is being kept: when it was last backed up."""

from __future__ import annotations

from xinheng.apps.ledger import queries as ledger
from xinheng.apps.ledger.queries import EntryView

BACKUP_MADE = "backup.made"


def last_backup() -> EntryView | None:
    """Return the ledger's entry of the latest backup, null where there was none."""
    made = [
        entry
        for entry in ledger.list_history(subject="register")
        if entry.kind == BACKUP_MADE
    ]
    return made[-1] if made else None
