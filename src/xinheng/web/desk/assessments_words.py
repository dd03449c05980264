"""Assessments in words: states, kinds of items, reasons, verdicts, refusals."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from xinheng.core.assessments.rounds import Refusal, State
from xinheng.core.assessments.schemes import Kind
from xinheng.core.assessments.scoring import Reason, Verdict

STATES: dict[State, Any] = {
    State.OPEN: _("open: units claim, the office scores"),
    State.PUBLISHED: _("published: units may appeal"),
    State.CLOSED: _("closed: the result stands"),
}
KINDS: dict[Kind, Any] = {
    Kind.RATIO: _("share"),
    Kind.PER_UNIT: _("for each"),
    Kind.DEDUCT: _("deduction"),
    Kind.MANUAL: _("on evidence"),
}
REASONS: dict[Reason, Any] = {
    Reason.COUNTED: _("counted from the register"),
    Reason.GIVEN: _("given by the credit office"),
    Reason.NOT_CLAIMED: _("nothing was claimed"),
    Reason.NOT_KNOWN: _("left out: nothing was declared or owed"),
    Reason.ZERO_DENOMINATOR: _("left out: a share of nothing can't be worked out"),
    Reason.BY_HAND: _("left out: entered by hand"),
}
VERDICTS: dict[Verdict, Any] = {
    Verdict.COMMENDED: _("commended"),
    Verdict.CRITICIZED: _("criticized"),
    Verdict.NEITHER: "",
}
REFUSALS: dict[Refusal, Any] = {
    Refusal.STATE: _("This can't be done in the present state."),
    Refusal.PERIOD: _("The months run backward, are more than twelve, or not over."),
    Refusal.UNSCORED: _("Some claims have no score yet."),
    Refusal.SAME_PERSON: _("A second person has to do this."),
    Refusal.TOO_EARLY: _("The window of appeal is still open."),
    Refusal.TOO_LATE: _("The window of appeal is over."),
    Refusal.UNANSWERED: _("An appeal waits for its answer."),
    Refusal.TWICE: _("This score was appealed before."),
    Refusal.COUNTED: _("The register counts this item; nobody enters it."),
    Refusal.NUMBER: _("The item can't have this number."),
    Refusal.OVERLAP: _("Some of these months are assessed by this scheme already."),
    Refusal.VERDICT: _("The result leads to no notice."),
}


def verdict(of: Verdict) -> str:
    """Return a verdict in the reader's language, empty where nothing follows."""
    return str(VERDICTS[of])
