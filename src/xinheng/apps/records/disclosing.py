"""Acts on the publication of records: `apps.disclosures` keeps them, the feed follows.

Whoever ends, hides or shows a record's publication comes through here, so that readers
of the change feed are led past it in the same transaction.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.disclosures import operations as disclosures
from xinheng.apps.disclosures import queries as known
from xinheng.apps.disclosures.operations import Ending, Reported
from xinheng.apps.disclosures.queries import RECORD, Subject
from xinheng.apps.records import queries, touching
from xinheng.apps.records.models import Record
from xinheng.apps.records.queries import PublicRecord


class NotShownError(LookupError):
    """The public sees no such record of the organization."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@transaction.atomic
def end_publication(
    *, dataset: str, natural_key: str, ending: Ending, actor: str, at: datetime
) -> int:
    """End a record's publication, in whatever version; return the ledger's entry.

    Raises:
        DisclosureRefusedError: for an annulment without its day, or ended too late.
    """
    key = known.record_key(dataset=dataset, natural_key=natural_key)
    seq = disclosures.end_publication(
        subject=Subject(RECORD, key), ending=ending, actor=actor, at=at
    )
    versions = _in_force().filter(dataset=dataset, natural_key=natural_key)
    touching.touch(seq=seq, records=versions)
    return seq


def get_shown(*, organization: str, key: str, on: date) -> PublicRecord:
    """Return a record that the public sees of an organization today.

    Raises:
        NotShownError: it sees none with this key.
    """
    shown = queries.list_public(organization=organization, on=on)
    for record in shown:
        if record.key == key:
            return record
    raise NotShownError(key)


@transaction.atomic
def report_personal_data(
    *, organization: str, key: str, what: str, on: date, at: datetime
) -> None:
    """Take a visitor's report on a record that the public sees.

    Raises:
        DisclosureRefusedError: where a report on it is open already.
        NotShownError: the public sees no such record.
        ReasonError: where the words can't be kept.
    """
    record = get_shown(organization=organization, key=key, on=on)
    reported = Reported(
        Subject(RECORD, key), int(organization), record.dataset_title, what
    )
    seq = disclosures.report(reported=reported, at=at)
    lead_past(organization, key, seq)


@transaction.atomic
def decide_report(
    *, report: int, upheld: bool, reason: str, actor: Actor, at: datetime
) -> None:
    """Decide a report; see `apps.disclosures.operations.decide_report` for refusals."""
    seq = disclosures.decide_report(
        report=report, upheld=upheld, reason=reason, actor=actor, at=at
    )
    organization, key = known.reported(report)
    lead_past(str(organization), key, seq)


def lead_past(organization: str, key: str, seq: int) -> None:
    """Lead the change feed past a record of an organization, at an entry.

    For acts of other apps on a record's publication, after their ledger entry.
    """
    rows = _in_force().filter(organization_id=int(organization))
    touched = [row.id for row in rows if queries.key_of(row) == key]
    touching.touch_keys(seq=seq, keys=touched)


def _in_force() -> QuerySet[Record]:
    return Record.objects.filter(superseded_at__isnull=True)
