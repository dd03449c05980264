"""Reading campaigns: a unit's own and their targets, the public figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.campaigns.models import Act, Campaign, Target
from xinheng.apps.evidence import queries as evidence
from xinheng.apps.evidence.queries import EvidenceRef
from xinheng.core.campaigns.campaigns import ActKind, State
from xinheng.core.paging import Page, clamp

PAGE_SIZE = 50


class UnknownCampaignError(LookupError):
    """There is no such campaign, or the actor may not see it."""

    def __init__(self, campaign: int) -> None:
        super().__init__(str(campaign))
        self.campaign = campaign


class UnknownTargetError(LookupError):
    """There is no such target, or the actor may not see it."""

    def __init__(self, target: int) -> None:
        super().__init__(str(target))
        self.target = target


@dataclass(frozen=True, slots=True)
class CampaignView:
    """A campaign with its figures; `targets` leaves out those that were withdrawn.

    `closing_no` is empty before closing was proposed. `may_run` and `may_confirm` say
    what the actor who asked may do now; both are False in public.
    """

    id: int
    topic: str
    title: str
    basis: str
    lead: str
    lead_name: str
    lead_name_en: str
    opened_on: date
    ends_on: date | None
    state: State
    closing_no: str
    closed_on: date | None
    targets: int
    settled: int
    reminders: int
    interviews: int
    may_run: bool = False
    may_confirm: bool = False


@dataclass(frozen=True, slots=True)
class ActView:
    """What was done about a target."""

    kind: ActKind
    held_on: date
    document_no: str
    note: str


@dataclass(frozen=True, slots=True)
class TargetView:
    """A target as the public bodies concerned see it; `file` null for none."""

    id: int
    campaign: int
    campaign_title: str
    uscc: str
    name: str
    unit: str
    unit_name: str
    unit_name_en: str
    matter: str
    basis_no: str
    state: State
    evidence_no: str
    file: EvidenceRef | None
    reason: str
    ended_on: date | None
    acts: tuple[ActView, ...]
    may_act: bool
    may_confirm: bool
    may_withdraw: bool


def visible_to(actor: Actor) -> QuerySet[Campaign]:
    """Return the campaigns that the actor may see: those its units have a part in."""
    if actor.sees_all_units:
        return Campaign.objects.all()
    own = list(actor.visible_units)
    has_part = Target.objects.filter(unit_id__in=own).values("campaign")
    return Campaign.objects.filter(Q(lead_id__in=own) | Q(id__in=has_part))


def targets_visible_to(actor: Actor) -> QuerySet[Target]:
    """Return the targets that the actor may see: its units', and where they lead."""
    if actor.sees_all_units:
        return Target.objects.all()
    own = list(actor.visible_units)
    return Target.objects.filter(Q(unit_id__in=own) | Q(campaign__lead_id__in=own))


def list_campaigns(*, actor: Actor) -> tuple[CampaignView, ...]:
    """Return the campaigns that the actor may see, open ones first."""
    rows = _ordered(visible_to(actor))
    return tuple(_view(row, actor) for row in rows)


def list_public() -> tuple[CampaignView, ...]:
    """Return every campaign with its figures; who is a target is not public."""
    return tuple(_view(row, None) for row in _ordered(Campaign.objects.all()))


def get_campaign(*, actor: Actor, campaign: int) -> CampaignView:
    """Return a campaign.

    Raises:
        UnknownCampaignError: there is none, or the actor may not see it.
    """
    row = _ordered(visible_to(actor)).filter(id=campaign).first()
    if row is None:
        raise UnknownCampaignError(campaign)
    return _view(row, actor)


def list_targets(*, actor: Actor, campaign: int, page: int = 1) -> Page[TargetView]:
    """Return the targets of a campaign that the actor may see, open ones first."""
    rows = targets_visible_to(actor).filter(campaign_id=campaign)
    wanted: Page[TargetView] = Page((), clamp(page), PAGE_SIZE, rows.count())
    # An open target has no day of its end; both databases are told where null stands.
    in_order = _with_names(rows).order_by(F("ended_on").desc(nulls_first=True), "id")
    found = in_order[wanted.offset : wanted.offset + PAGE_SIZE]
    items = tuple(_target(row, actor) for row in found)
    return Page(items, wanted.number, PAGE_SIZE, wanted.total)


def get_target(*, actor: Actor, target: int) -> TargetView:
    """Return a target.

    Raises:
        UnknownTargetError: there is none, or the actor may not see it.
    """
    row = _with_names(targets_visible_to(actor)).filter(id=target).first()
    if row is None:
        raise UnknownTargetError(target)
    return _target(row, actor)


def open_file(*, actor: Actor, target: int, digest: str) -> tuple[EvidenceRef, bytes]:
    """Return the file that stands with a target.

    Raises:
        UnknownEvidenceError: it is not the target's, or it was erased.
        UnknownTargetError: there is no such target for the actor.
    """
    found = get_target(actor=actor, target=target).file
    if found is None or found.digest != digest:
        raise evidence.UnknownEvidenceError(digest)
    return found, evidence.open(digest)


def _ordered(rows: QuerySet[Campaign]) -> QuerySet[Campaign]:
    return rows.select_related("lead").order_by("-state", "-opened_on", "-id")


def _figures(campaign: int) -> tuple[dict[str, int], dict[str, int]]:
    targets = Target.objects.filter(campaign_id=campaign)
    states = targets.values_list("state").annotate(count=Count("id"))
    acts = Act.objects.filter(target__campaign_id=campaign)
    kept = acts.exclude(target__state=State.WITHDRAWN)
    return dict(states), dict(kept.values_list("kind").annotate(count=Count("id")))


def _view(row: Campaign, actor: Actor | None) -> CampaignView:
    states, acts = _figures(row.id)
    is_open = row.state == State.OPEN
    runs = actor is not None and (actor.may_decide or actor.may_submit_for(row.lead_id))
    waits = actor is not None and actor.may_decide and _by_another(row, actor)
    settled = states.get(State.SETTLED, 0)
    return CampaignView(
        id=row.id,
        topic=row.topic,
        title=row.title,
        basis=row.basis,
        lead=row.lead_id,
        lead_name=row.lead.name,
        lead_name_en=row.lead.name_en,
        opened_on=row.opened_on,
        ends_on=row.ends_on,
        state=State(row.state),
        closing_no=row.closing_no,
        closed_on=row.closed_on,
        targets=states.get(State.OPEN, 0) + settled,
        settled=settled,
        reminders=acts.get(ActKind.REMINDER, 0),
        interviews=acts.get(ActKind.INTERVIEW, 0),
        may_run=is_open and runs,
        may_confirm=is_open and waits,
    )


def _by_another(row: Campaign, actor: Actor) -> bool:
    return row.closing_proposed_by not in ("", actor.account_id)


def _with_names(rows: QuerySet[Target]) -> QuerySet[Target]:
    related = rows.select_related("organization", "unit", "campaign")
    return related.prefetch_related("acts")


def _target(row: Target, actor: Actor) -> TargetView:
    is_open = row.state == State.OPEN
    own = {row.unit_id, row.campaign.lead_id}
    acts = sorted(row.acts.all(), key=lambda act: (act.held_on, act.id))
    proposed_by_other = row.proposed_by not in ("", actor.account_id)
    files = evidence.find([row.digest]) if row.digest else {}
    return TargetView(
        id=row.id,
        campaign=row.campaign_id,
        campaign_title=row.campaign.title,
        uscc=row.organization.uscc,
        name=row.organization.name,
        unit=row.unit_id,
        unit_name=row.unit.name,
        unit_name_en=row.unit.name_en,
        matter=row.matter,
        basis_no=row.basis_no,
        state=State(row.state),
        evidence_no=row.evidence_no,
        file=files.get(row.digest),
        reason=row.reason,
        ended_on=row.ended_on,
        acts=tuple(
            ActView(ActKind(act.kind), act.held_on, act.document_no, act.note)
            for act in acts
        ),
        may_act=is_open and (actor.may_decide or any(map(actor.may_submit_for, own))),
        may_confirm=is_open and actor.may_decide and proposed_by_other,
        may_withdraw=is_open and actor.may_decide,
    )
