"""A file that is sent twice under one key is handed in once.

A sender that got no answer does not know whether its file arrived. It names the act by
a key of its own and sends the same again:

    same key, same content       the first submission is the answer again
    same key, other content      refused: the key was used
    the first still on its way   refused: ask again in a moment

Same content is the same bytes for the same unit, dataset and period. The database's
constraint decides between two that arrive at once.

Source: IETF draft-ietf-httpapi-idempotency-key-header, section 2.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from xinheng.apps.intake import staging
from xinheng.apps.intake.models import Submission

LONGEST_KEY = 100
_CONTENT = ("unit_id", "dataset", "period", "file_digest")


class KeyReusedError(ValueError):
    """The sender used this key for other content before."""


class KeyInFlightError(RuntimeError):
    """A file under the same key is being received at this moment."""


@contextmanager
def alone(submission: Submission) -> Iterator[None]:
    """Hold the sender's key while its file is received; without a key do nothing.

    Raises:
        KeyInFlightError: another request holds it.
    """
    if submission.idempotency_key is None:
        yield
        return
    act = f"{submission.submitted_by} {submission.idempotency_key}"
    with staging.hold_name(act) as is_ours:
        if not is_ours:
            raise KeyInFlightError
        yield


def store(submission: Submission) -> uuid.UUID:
    """Insert the row, or find the one that stands under its key; return which stands.

    Raises:
        KeyReusedError: what stands there is something else.
    """
    if (earlier := _earlier(submission)) is not None:
        return _same(submission, earlier)
    try:
        with transaction.atomic():
            submission.save(force_insert=True)
    except IntegrityError:
        if (earlier := _earlier(submission)) is None:
            raise
        return _same(submission, earlier)
    return submission.id


def forget_failed(*, account: str, key: str) -> None:
    """Free a key whose file the machine failed on, so that it can be tried anew."""
    Submission.objects.filter(
        submitted_by=account, idempotency_key=key, state=Submission.State.FAILED
    ).update(idempotency_key=None)


def _earlier(submission: Submission) -> Submission | None:
    if submission.idempotency_key is None:
        return None
    return Submission.objects.filter(
        submitted_by=submission.submitted_by,
        idempotency_key=submission.idempotency_key,
    ).first()


def _same(submission: Submission, earlier: Submission) -> uuid.UUID:
    if any(getattr(submission, name) != getattr(earlier, name) for name in _CONTENT):
        raise KeyReusedError
    return earlier.id
