"""What the pages of redress say: refusals, kinds, roles, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from xinheng.apps.cases.operations import RefusedError
from xinheng.apps.cases.queries import StepView
from xinheng.apps.repairs.training import Fault as TrainingFault
from xinheng.core.commitments.promises import Fulfilment
from xinheng.core.objections.filing import Kind
from xinheng.core.procedures.agents import Role
from xinheng.core.procedures.tables import Party
from xinheng.rulebook import redress
from xinheng.web.templatetags.xinheng import is_english

KINDS: dict[Kind, tuple[Promise, Promise]] = {
    Kind.CONTENT: (
        _("What it says is wrong"),
        _("You name the values, and what they should be."),
    ),
    Kind.PERIOD: (
        _("It should not be shown any more"),
        _("Its term is over, or the decision was withdrawn."),
    ),
    Kind.LINKAGE: (
        _("It is not about this organization"),
        _("The record belongs to another organization, or to nobody."),
    ),
    Kind.LISTING: (
        _("The organization should not be on the list"),
        _("The conditions for the listing are not met."),
    ),
    Kind.REPAIR_RESULT: (
        _("The result of the repair is wrong"),
        _("The application is examined again if you are right."),
    ),
}
PARTIES: dict[Party, Promise] = {
    Party.APPLICANT: _("the organization"),
    Party.UNIT: _("the source unit"),
    Party.OFFICE: _("the credit office"),
    Party.REGISTER: _("the register"),
}
ROLES: dict[str, Promise] = {
    Role.MANAGEMENT: _("Authorized by the head of the organization"),
    Role.EMPLOYEE: _("Employee of the organization"),
    Role.LAWYER: _("Lawyer"),
    Role.OTHER: _("Another agent with a mandate"),
}
FULFILMENTS: dict[Fulfilment, tuple[Promise, str]] = {
    Fulfilment.PENDING: (_("in progress"), "accent"),
    Fulfilment.KEPT: (_("kept"), "good"),
    Fulfilment.BROKEN: (_("broken, by a decision"), "bad"),
}
FILE_KINDS: dict[str, Promise] = {
    "DUTIES": _("shows that duties were done"),
    "CORRECTION": _("shows that the conduct was corrected"),
    "THIRD_PARTY": _("credit report of a third party"),
    "OTHER": _("other"),
}
TRAINING: dict[TrainingFault, Promise] = {
    TrainingFault.TITLE: _("Enter a title of at most 200 characters."),
    TrainingFault.DAY: _("The day lies ahead. Record a session once it was held."),
    TrainingFault.NOBODY: _("Enter at least one organization."),
    TrainingFault.NUMBER: _("Count from 1 to 1,000 attendees for each organization."),
    TrainingFault.PERSONAL_ID: _("Leave out the personal identity number."),
}


def said(error: RefusedError) -> str:
    """Return what a refusal says and advises, with its day and its basis."""
    text = redress.refusals()[error.code]
    day = formats.date_format(error.day, "DATE_FORMAT") if error.day else ""
    message, advice = (
        (text.message_en, text.advice_en)
        if is_english()
        else (text.message_zh, text.advice_zh)
    )
    told = message.replace("{day}", day).replace("{basis}", error.basis)
    return f"{told} {advice}" if is_english() else f"{told}{advice}"


def taken(steps: Iterable[StepView]) -> list[tuple[StepView, Promise]]:
    """Return steps that were taken, each with who took it."""
    return [(step, PARTIES[step.party]) for step in steps]


def of_code(code: str) -> str:
    """Return what a rule's name says, where nothing has to be filled in."""
    return said(RefusedError(code))
