"""Campaigns are opened, get targets, acts are recorded, and two persons close them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.campaigns.models import Act, Campaign, Target
from xinheng.apps.campaigns.queries import (
    UnknownCampaignError,
    UnknownTargetError,
    targets_visible_to,
    visible_to,
)
from xinheng.apps.cases.operations import By
from xinheng.apps.evidence import operations as evidence
from xinheng.apps.evidence.operations import Handed
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.organizations import mergers as register
from xinheng.apps.organizations import queries as organizations
from xinheng.apps.units import queries as units
from xinheng.core.campaigns import campaigns as core
from xinheng.core.campaigns.campaigns import Done, Fault, Plan, State
from xinheng.core.identifiers import uscc as codes
from xinheng.core.submissions import reasons
from xinheng.rulebook import campaigns as rulebook


class CampaignRefusedError(ValueError):
    """The act is refused; `fault` says why. No text of it is in here."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


@dataclass(frozen=True, slots=True)
class NewTarget:
    """Whom a campaign is to deal with: a code, the unit in charge, what, and on what.

    `basis_no` is the number of the document that found it.
    """

    uscc: str
    unit: str
    matter: str
    basis_no: str


@transaction.atomic
def open_campaign(*, plan: Plan, topic: str, lead: str, by: By) -> int:
    """Open a campaign and return its number; `topic` empty where none was announced.

    Raises:
        CampaignRefusedError: TITLE, BASIS, DAY, PERSONAL_ID.
        NotAllowedError: not the credit office.
        UnknownUnitError: there is no unit `lead`.
        ValueError: the rulebook knows no such topic.
    """
    if not by.actor.may_decide:
        raise NotAllowedError("open a campaign")
    if topic and topic not in rulebook.campaigns().by_name:
        raise ValueError(topic)
    _refuse(core.find_plan_fault(plan, on=by.on))
    row = Campaign.objects.create(
        topic=topic,
        title=plan.title.strip(),
        basis=plan.basis.strip(),
        lead_id=units.get_unit(lead).code,
        opened_on=plan.opened_on,
        ends_on=plan.ends_on,
        opened_by=by.actor.account_id,
        opened_at=by.at,
        state=State.OPEN,
    )
    row.opened_seq = _tell_campaign(row, "campaign.opened", by)
    row.save(update_fields=["opened_seq"])
    return row.id


@transaction.atomic
def add_target(*, campaign: int, target: NewTarget, by: By) -> int:
    """Put an organization on a campaign's list of targets, and return its number.

    Raises:
        CampaignRefusedError: why it can't be one, ENDED, TWICE.
        NotAllowedError: neither the credit office nor the unit that leads.
        UnknownCampaignError, UnknownUnitError.
        UnknownOrganizationError: the register holds none under the code.
    """
    row = _lock_campaign(campaign, by.actor)
    if row.state != State.OPEN:
        raise CampaignRefusedError(Fault.ENDED)
    code = codes.normalize(target.uscc)
    key = register.lock(code)[code][0]
    topic = rulebook.campaigns().by_name.get(row.topic)
    fault = core.find_target_fault(
        uscc=code,
        is_sole_proprietor=organizations.get_identity(key).is_sole_proprietor,
        government=topic is not None and topic.government,
        matter=target.matter,
        basis=target.basis_no,
    )
    _refuse(fault)
    if row.targets.filter(organization_id=key, state=State.OPEN).exists():
        raise CampaignRefusedError(Fault.TWICE)
    made = Target.objects.create(
        campaign=row,
        organization_id=key,
        unit_id=units.get_unit(target.unit).code,
        matter=target.matter.strip(),
        basis_no=target.basis_no.strip(),
        added_by=by.actor.account_id,
        added_at=by.at,
        state=State.OPEN,
    )
    made.added_seq = _tell(made, "campaign.target_added", by, {})
    made.save(update_fields=["added_seq"])
    return made.id


@transaction.atomic
def record_act(*, target: int, done: Done, by: By) -> int:
    """Record a reminder, an interview or progress, and return its number.

    Raises:
        CampaignRefusedError: DAY, DOCUMENT, NOTE, PERSONAL_ID, ENDED, TWICE.
        NotAllowedError, UnknownTargetError.
    """
    row = _lock_open(target, by.actor)
    opened_on = row.campaign.opened_on
    _refuse(core.find_act_fault(done, opened_on=opened_on, on=by.on))
    number = done.document_no.strip()
    if number and row.acts.filter(document_no=number).exists():
        raise CampaignRefusedError(Fault.TWICE)
    act = Act.objects.create(
        target=row,
        kind=done.kind,
        held_on=done.held_on,
        document_no=number,
        note=done.note.strip(),
        recorded_by=by.actor.account_id,
        recorded_at=by.at,
    )
    told = {"act": done.kind.value, "held_on": str(done.held_on)}
    act.ledger_seq = _tell(row, "campaign.act", by, {**told, "document_no": number})
    act.save(update_fields=["ledger_seq"])
    return act.id


@transaction.atomic
def propose_settled(
    *, target: int, document_no: str, file: Handed | None, by: By
) -> None:
    """Propose that a target is settled, by the document that shows it.

    Raises:
        CampaignRefusedError: DOCUMENT, PERSONAL_ID, ENDED.
        EvidenceError: the file can't be kept.
        NotAllowedError, UnknownTargetError.
    """
    row = _lock_open(target, by.actor)
    _refuse(core.find_closing_fault(document_no, ()))
    row.evidence_no, row.proposed_by = document_no.strip(), by.actor.account_id
    row.digest = ""
    if file is not None:
        kept = evidence.store(
            content=file.content, name=file.name, actor=by.actor.account_id, at=by.at
        )
        row.digest = kept.digest
    row.save()
    _tell(row, "campaign.settlement_proposed", by, {"digest": row.digest})


@transaction.atomic
def confirm_settled(*, target: int, by: By) -> None:
    """Confirm that a target is settled; another person of the credit office does.

    Raises:
        CampaignRefusedError: NOT_PROPOSED, SAME_PERSON, ENDED.
        NotAllowedError, UnknownTargetError.
    """
    row = _lock_open(target, by.actor)
    _require_office(by, "confirm that a target is settled")
    _refuse(
        core.find_confirming_fault(
            proposed_by=row.proposed_by, confirmed_by=by.actor.account_id
        )
    )
    _end(row, State.SETTLED, "campaign.settled", by)


@transaction.atomic
def withdraw_target(*, target: int, by: By) -> None:
    """Take a target off the list because it should not be there; `by.reason` says why.

    Raises:
        CampaignRefusedError: ENDED.
        NotAllowedError, ReasonError, UnknownTargetError.
    """
    row = _lock_open(target, by.actor)
    _require_office(by, "withdraw a target")
    row.reason = reasons.require(by.reason)
    _end(row, State.WITHDRAWN, "campaign.target_withdrawn", by)


@transaction.atomic
def propose_closing(*, campaign: int, document_no: str, by: By) -> None:
    """Propose to close a campaign, by the number of its final report.

    Raises:
        CampaignRefusedError: DOCUMENT, PERSONAL_ID, OPEN_TARGETS, ENDED.
        NotAllowedError, UnknownCampaignError.
    """
    row = _lock_campaign(campaign, by.actor)
    _refuse(_closing_fault(row, document_no))
    row.closing_no, row.closing_proposed_by = document_no.strip(), by.actor.account_id
    row.save()
    _tell_campaign(row, "campaign.closing_proposed", by)


@transaction.atomic
def confirm_closing(*, campaign: int, by: By) -> None:
    """Close a campaign that another person proposed to close.

    Raises:
        CampaignRefusedError: NOT_PROPOSED, SAME_PERSON, OPEN_TARGETS, ENDED.
        NotAllowedError, UnknownCampaignError.
    """
    row = _lock_campaign(campaign, by.actor)
    _require_office(by, "close a campaign")
    _refuse(
        core.find_confirming_fault(
            proposed_by=row.closing_proposed_by, confirmed_by=by.actor.account_id
        )
        or _closing_fault(row, row.closing_no)
    )
    row.state, row.closed_by, row.closed_on = State.CLOSED, by.actor.account_id, by.on
    row.closed_seq = _tell_campaign(row, "campaign.closed", by)
    row.save()


def _refuse(fault: Fault | None) -> None:
    if fault is not None:
        raise CampaignRefusedError(fault)


def _closing_fault(row: Campaign, document_no: str) -> Fault | None:
    if row.state != State.OPEN:
        return Fault.ENDED
    states = row.targets.values_list("state", flat=True)
    return core.find_closing_fault(document_no, map(State, states))


def _require_office(by: By, what: str) -> None:
    if not by.actor.may_decide:
        raise NotAllowedError(what)


def _lock_campaign(campaign: int, actor: Actor) -> Campaign:
    rows = visible_to(actor).select_for_update(of=("self",))
    row = rows.filter(id=campaign).first()
    if row is None:
        raise UnknownCampaignError(campaign)
    if not (actor.may_decide or actor.may_submit_for(row.lead_id)):
        raise NotAllowedError("run a campaign")
    return row


def _lock_open(target: int, actor: Actor) -> Target:
    """Lock an open target of an open campaign for who may act on it."""
    rows = targets_visible_to(actor).select_for_update(of=("self",))
    row = rows.select_related("campaign").filter(id=target).first()
    if row is None:
        raise UnknownTargetError(target)
    own = {row.unit_id, row.campaign.lead_id}
    if not (actor.may_decide or any(map(actor.may_submit_for, own))):
        raise NotAllowedError("act on a target")
    if row.state != State.OPEN:
        raise CampaignRefusedError(Fault.ENDED)
    return row


def _end(row: Target, state: State, kind: str, by: By) -> None:
    row.state, row.ended_by, row.ended_on = state, by.actor.account_id, by.on
    row.ended_seq = _tell(row, kind, by, {})
    row.save()


def _tell_campaign(row: Campaign, kind: str, by: By) -> int:
    """Tell the ledger of a campaign; its title and basis are no secret."""
    body: dict[str, object] = {
        "topic": row.topic,
        "title": row.title,
        "basis": row.basis,
        "lead": row.lead_id,
        "opened_on": str(row.opened_on),
        "state": str(row.state),
        "closing_no": row.closing_no,
    }
    return _append(kind, f"campaign:{row.id}", by.actor, body, by.at)


def _tell(row: Target, kind: str, by: By, more: dict[str, object]) -> int:
    """Tell the ledger of a target; what people wrote about it stays out of it."""
    body: dict[str, object] = {
        "campaign": row.campaign_id,
        "organization": row.organization_id,
        "unit": row.unit_id,
        "basis_no": row.basis_no,
        "state": str(row.state),
        "evidence_no": row.evidence_no,
        **more,
    }
    return _append(kind, f"target:{row.id}", by.actor, body, by.at)


def _append(
    kind: str, subject: str, actor: Actor, body: dict[str, object], at: datetime
) -> int:
    return ledger.append(
        kind=kind, subject=subject, actor=actor.account_id, body=body, at=at
    ).seq
