"""The credit office looks at penalties and states their class, a trait, or a term.

Under some rule sets a penalty is public only if its class is known; who states it names
the text, and another person confirms.
"""

from __future__ import annotations

from datetime import date, datetime
from itertools import islice

from django.db import transaction
from django.db.models import F, QuerySet

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.catalog import queries as catalog
from xinheng.apps.disclosures import operations as disclosures
from xinheng.apps.disclosures.operations import About, Claim
from xinheng.apps.disclosures.queries import RECORD, StatementView, Subject
from xinheng.apps.records import disclosing, queries, recent
from xinheng.apps.records.models import Record
from xinheng.apps.records.queries import View
from xinheng.apps.records.recent import Recent
from xinheng.core.disclosures.visibility import Reason
from xinheng.rulebook import periods

MOST_LOOKED_AT = 1_000  # the latest decisions
MOST_SHOWN = 100


class UnknownPenaltyError(LookupError):
    """The organization has no penalty in force of this key."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def list_unclassified(*, actor: Actor, on: date) -> tuple[Recent, ...]:
    """Return penalties that stay unpublished because their class is not known.

    Of the latest `MOST_LOOKED_AT` decisions, the latest first.

    Raises:
        NotAllowedError: for anyone but the credit office.
    """
    rows = _penalties(actor).order_by(F("decided_on").desc(nulls_last=True), "-id")
    seen = _seen(list(rows[:MOST_LOOKED_AT]), on)
    waiting = (each for each in seen if _is_unclassified(each))
    return tuple(islice(waiting, MOST_SHOWN))


def list_of(*, actor: Actor, uscc: str, on: date) -> tuple[Recent, ...]:
    """Return the penalties in force of an organization, the latest decision first.

    Raises:
        NotAllowedError: for anyone but the credit office.
    """
    rows = _penalties(actor).filter(organization__uscc=uscc)
    ordered = rows.order_by(F("decided_on").desc(nulls_last=True), "-id")
    return tuple(_seen(list(ordered[:MOST_SHOWN]), on))


def get(*, actor: Actor, uscc: str, key: str, on: date) -> Recent:
    """Return a penalty of an organization, whole, with why the public doesn't see it.

    Raises:
        NotAllowedError: for anyone but the credit office.
        UnknownPenaltyError: it has none of this key.
    """
    found = _find(actor, uscc, key)
    return _seen([found], on)[0]


@transaction.atomic
def state(
    *, uscc: str, key: str, claim: Claim, actor: Actor, on: date, at: datetime
) -> None:
    """State a penalty's class, a trait or its term.

    Raises:
        NotAllowedError: for anyone but the credit office.
        UnknownPenaltyError: the organization has none of this key.
        DisclosureRefusedError, ReasonError: as `apps.disclosures.operations.state`.
    """
    row = _find(actor, uscc, key)
    about = About(row.organization_id or 0, _seen([row], on)[0].heading)
    stated = disclosures.state(
        subject=Subject(RECORD, key), claim=claim, actor=actor, at=at, about=about
    )
    disclosing.lead_past(str(row.organization_id), key, stated.seq)


@transaction.atomic
def confirm(*, statement: StatementView, actor: Actor, at: datetime) -> None:
    """Confirm a class or a term as another person.

    Raises:
        NotAllowedError, DisclosureRefusedError: as `apps.disclosures.operations`.
    """
    seq = disclosures.confirm(statement=statement.id, actor=actor, at=at)
    row = _penalties(actor).filter(organization__uscc=statement.uscc).first()
    if row is not None:
        disclosing.lead_past(str(row.organization_id), statement.key, seq)


def _penalties(actor: Actor) -> QuerySet[Record]:
    if not actor.may_decide:
        raise NotAllowedError("class penalties")
    return Record.objects.filter(
        dataset__in=list(periods.rules().datasets),
        superseded_at__isnull=True,
        organization__isnull=False,
        erased_at__isnull=True,
    ).select_related("source_unit", "submission", "organization")


def _find(actor: Actor, uscc: str, key: str) -> Record:
    for row in _penalties(actor).filter(organization__uscc=uscc):
        if queries.key_of(row) == key:
            return row
    raise UnknownPenaltyError(key)


def _seen(rows: list[Record], on: date) -> list[Recent]:
    """Return rows whole, with what the public sees of them."""
    datasets = catalog.list_datasets()
    see = queries.seer(on=on, view=View.OWN, known=queries.known_of(rows))
    shown = (
        (row, see(row, datasets[row.dataset]))
        for row in rows
        if row.dataset in datasets
    )
    return [
        recent.headed(row, record, datasets[row.dataset])
        for row, record in shown
        if record is not None
    ]


def _is_unclassified(each: Recent) -> bool:
    return each.record.state.reason is Reason.UNCLASSIFIED
