"""Reading commitments: an organization's own, a unit's, the public page, figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Count, Q, QuerySet

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.commitments.models import Commitment
from xinheng.core.commitments.promises import Fulfilment, Type, TypeRule
from xinheng.core.disclosures import names
from xinheng.core.organizations.status import ACTIVE
from xinheng.core.paging import Page, clamp
from xinheng.core.two_times import AsOf
from xinheng.rulebook import redress

PAGE_SIZE = 20


class UnknownCommitmentError(LookupError):
    """There is no such commitment, or the actor may not see it."""

    def __init__(self, commitment: int) -> None:
        super().__init__(str(commitment))
        self.commitment = commitment


@dataclass(frozen=True, slots=True)
class CommitmentView:
    """A commitment; `name` is null where the organization's may not be shown.

    `unit_name` is empty where it was made to the public alone. `breach_no` is empty
    before a breach was proposed, `judged_on` null before anything was said.
    """

    id: int
    uscc: str
    name: str | None
    unit: str | None
    unit_name: str
    unit_name_en: str
    rule: TypeRule
    matter: str
    text: str
    is_public: bool
    made_on: date
    valid_to: date | None
    state: Fulfilment
    breach_no: str
    judged_on: date | None


def visible_to(actor: Actor) -> QuerySet[Commitment]:
    """Return the commitments that the actor may see."""
    if actor.sees_all_units:
        return Commitment.objects.all()
    own = [int(key) for key in actor.organizations]
    return Commitment.objects.filter(
        Q(organization_id__in=own)
        | Q(unit_id__in=list(actor.visible_units))
        | Q(is_public=True)
    )


def get_commitment(*, actor: Actor, commitment: int) -> CommitmentView:
    """Return a commitment.

    Raises:
        UnknownCommitmentError: there is none, or the actor may not see it.
    """
    rows = visible_to(actor).select_related("organization", "unit")
    row = rows.filter(id=commitment).first()
    if row is None:
        raise UnknownCommitmentError(commitment)
    return _view(row)


def list_own(
    *, actor: Actor, organization: str, asked: AsOf | None = None
) -> tuple[CommitmentView, ...]:
    """Return what an organization promised, the latest first, to its own agent.

    Where a past is `asked`, as it was known then.
    """
    if organization not in actor.organizations:
        return ()
    rows = Commitment.objects.filter(organization_id=int(organization))
    return _known(rows, asked)


def list_received(*, actor: Actor, page: int = 1) -> Page[CommitmentView]:
    """Return what waits to be judged by the actor's units, or by the credit office."""
    rows = visible_to(actor).filter(state=Fulfilment.PENDING)
    if not actor.may_decide:
        rows = rows.filter(unit_id__in=list(actor.units))
    return _page(rows, page)


def list_public(
    *, organization: str | None = None, type_: Type | None = None, page: int = 1
) -> Page[CommitmentView]:
    """Return the commitments that were made in public, the latest first.

    Those of sole proprietors are not listed: they are persons in business.
    """
    rows = Commitment.objects.filter(
        is_public=True, organization__is_sole_proprietor=False
    )
    if organization is not None:
        rows = rows.filter(organization_id=int(organization))
    if type_ is not None:
        rows = rows.filter(type=type_)
    return _page(rows, page)


def list_stated(
    *, organization: str, is_own: bool, asked: AsOf | None = None
) -> tuple[CommitmentView, ...]:
    """Return what a report states: the public ones, or all in the own report."""
    rows = Commitment.objects.filter(organization_id=int(organization))
    return _known(rows if is_own else rows.filter(is_public=True), asked)


def _known(
    rows: QuerySet[Commitment], asked: AsOf | None
) -> tuple[CommitmentView, ...]:
    if asked is None:
        return tuple(_view(row) for row in _ordered(rows))
    made = rows.filter(made_on__lte=asked.on, recorded_at__lte=asked.known_at)
    return tuple(_view_then(row, asked) for row in _ordered(made))


def _view_then(row: Commitment, asked: AsOf) -> CommitmentView:
    """Return a commitment without a judgment that had not been made."""
    is_judged = (
        row.judged_at is not None
        and row.judged_on is not None
        and row.judged_at <= asked.known_at
        and row.judged_on <= asked.on
    )
    if is_judged:
        return _view(row)
    pending = Fulfilment.PENDING
    return replace(_view(row), state=pending, breach_no="", judged_on=None)


def count_by_type() -> Mapping[Type, Mapping[Fulfilment, int]]:
    """Return how many public commitments of each type are in each state, zero too."""
    rows = (
        Commitment.objects.filter(is_public=True)
        .values("type", "state")
        .annotate(count=Count("id"))
    )
    found = {(row["type"], row["state"]): row["count"] for row in rows}
    return {
        each: {state: found.get((each, state), 0) for state in Fulfilment}
        for each in Type
    }


def count_promising(*, on: date) -> int:
    """Return how many active organizations had made a public commitment by a day."""
    active = [status.value for status in ACTIVE]
    rows = Commitment.objects.filter(
        is_public=True, made_on__lte=on, organization__status__in=active
    )
    return rows.values("organization").distinct().count()


def count_judged(*, first: date, last: date) -> tuple[int, int]:
    """Return the commitments judged as kept, and all judged, from a day to a day."""
    rows = Commitment.objects.filter(judged_on__gte=first, judged_on__lte=last)
    return rows.filter(state=Commitment.State.KEPT).count(), rows.count()


def _ordered(rows: QuerySet[Commitment]) -> QuerySet[Commitment]:
    return rows.select_related("organization", "unit").order_by("-made_on", "-id")


def _page(rows: QuerySet[Commitment], number: int) -> Page[CommitmentView]:
    page = clamp(number)
    start = (page - 1) * PAGE_SIZE
    items = tuple(_view(row) for row in _ordered(rows)[start : start + PAGE_SIZE])
    return Page(items, page, PAGE_SIZE, rows.count())


def _view(row: Commitment) -> CommitmentView:
    body = row.organization
    shown = names.public_name(body.name, is_sole_proprietor=body.is_sole_proprietor)
    return CommitmentView(
        id=row.id,
        uscc=body.uscc,
        name=shown,
        unit=row.unit_id,
        unit_name=row.unit.name if row.unit else "",
        unit_name_en=row.unit.name_en if row.unit else "",
        rule=redress.commitment_types()[Type(row.type)],
        matter=row.matter,
        text=row.text,
        is_public=row.is_public,
        made_on=row.made_on,
        valid_to=row.valid_to,
        state=Fulfilment(row.state),
        breach_no=row.breach_no,
        judged_on=row.judged_on,
    )
