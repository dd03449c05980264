"""Reading mergers and splits: the desk's list, and what the public is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.records.models import RecordMove, Succession
from xinheng.core.disclosures import names
from xinheng.core.organizations.status import Status
from xinheng.core.organizations.succession import Kind, Stage
from xinheng.core.paging import Page, clamp

PAGE_SIZE = 50


class UnknownSuccessionError(LookupError):
    """There is no merger or split of this number."""


@dataclass(frozen=True, slots=True)
class Body:
    """Giver or heir; `name` is null where only the code may be shown."""

    uscc: str
    name: str | None


@dataclass(frozen=True, slots=True)
class SuccessionView:
    """A merger or split; see `models.Succession`.

    `moved` is how many records followed, by dataset: empty before the decision.
    """

    number: int
    kind: str
    stage: str
    giver: Body
    giver_key: int
    heir: Body
    datasets: tuple[str, ...]
    effective_on: date
    evidence: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str
    decided_at: datetime | None
    reason: str
    undone_by: str
    undone_at: datetime | None
    moved: dict[str, int]


def list_successions(*, actor: Actor, page: int = 1) -> Page[SuccessionView]:
    """Return mergers and splits, the latest proposal first; `moved` is left empty.

    Raises:
        NotAllowedError: not the credit office.
    """
    _require_office(actor)
    number, rows = clamp(page), Succession.objects.select_related("giver", "heir")
    window = rows.order_by("-id")[(number - 1) * PAGE_SIZE :][:PAGE_SIZE]
    views = tuple(_view(row, {}) for row in window)
    return Page(views, number, PAGE_SIZE, rows.count())


def get_succession(*, actor: Actor, number: int) -> SuccessionView:
    """Return a merger or split with how many records followed.

    Raises:
        NotAllowedError: not the credit office.
        UnknownSuccessionError: there is none.
    """
    _require_office(actor)
    rows = Succession.objects.select_related("giver", "heir")
    row = rows.filter(id=number).first()
    if row is None:
        raise UnknownSuccessionError(number)
    moves = RecordMove.objects.filter(succession=row).values_list("record__dataset")
    return _view(row, dict(moves.annotate(Count("id")).order_by("record__dataset")))


def merged_into(*, organization: str) -> Body | None:
    """Return the heir of an organization (by key) that ended in it, null for none."""
    row = (
        Succession.objects.filter(
            giver_id=int(organization),
            giver__status=Status.MERGED,
            kind=Kind.MERGE,
            stage=Stage.DECIDED,
        )
        .select_related("heir")
        .order_by("-decided_at", "-id")
        .first()
    )
    return _body(row.heir) if row else None


def _require_office(actor: Actor) -> None:
    if not actor.may_decide:
        raise NotAllowedError("see mergers and splits")


def _body(row: object) -> Body:
    is_sole: bool = row.is_sole_proprietor  # type: ignore[attr-defined]
    name: str = row.name  # type: ignore[attr-defined]
    shown = names.public_name(name, is_sole_proprietor=is_sole)
    return Body(row.uscc, shown)  # type: ignore[attr-defined]


def _view(row: Succession, moved: dict[str, int]) -> SuccessionView:
    return SuccessionView(
        number=row.id,
        kind=row.kind,
        stage=row.stage,
        giver=_body(row.giver),
        giver_key=row.giver_id,
        heir=_body(row.heir),
        datasets=tuple(row.datasets),
        effective_on=row.effective_on,
        evidence=row.evidence,
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        reason=row.reason,
        undone_by=row.undone_by,
        undone_at=row.undone_at,
        moved=moved,
    )
