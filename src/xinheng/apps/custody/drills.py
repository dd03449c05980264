"""Restore drills: whether the latest backup came back, written to the ledger."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from xinheng.apps.custody.queries import DRILL_FAILED, DRILL_PASSED, SUBJECT
from xinheng.apps.ledger import operations as ledger


@transaction.atomic
def note(
    *, has_passed: bool, manifest_sha256: str, reason: str, actor: str, at: datetime
) -> int:
    """Note the outcome of a drill with this backup, and return the entry's seq.

    `reason` is the stable code of why it did not come back, empty where it did.
    """
    body = {"manifest_sha256": manifest_sha256}
    if not has_passed:
        body["reason"] = reason
    appended = ledger.append(
        kind=DRILL_PASSED if has_passed else DRILL_FAILED,
        subject=SUBJECT,
        actor=actor,
        body=body,
        at=at,
    )
    return appended.seq
