"""Telling of an act on a submission: into the ledger, and out to whoever asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.intake.models import Submission
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.outbox import operations as outbox


def tell(
    submission: Submission,
    kind: str,
    body: Mapping[str, object],
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Append the act to the ledger and queue it, as a transaction's last work."""
    identifier = str(submission.id)
    appended = ledger.append(
        kind=kind,
        subject=f"submission:{identifier}",
        actor=by.account_id,
        body=body,
        at=at,
    )
    outbox.queue(
        topic=kind,
        subject=f"unit:{submission.unit_id}",
        payload={"submission": identifier},
        ledger_seq=appended.seq,
        at=at,
    )
