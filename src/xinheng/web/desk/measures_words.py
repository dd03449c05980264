"""What the desk calls the states, modes and ends of measures."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from xinheng.core.measures.measures import Mode
from xinheng.core.measures.tasks import State

STATES: dict[State, tuple[Promise, str]] = {
    State.OPEN: (_("to acknowledge"), "warn"),
    State.ACKNOWLEDGED: (_("to report"), "warn"),
    State.DECLINED: (_("declined, the credit office looks"), "accent"),
    State.EXECUTED: (_("executed"), "good"),
    State.NOT_APPLICABLE: (_("not applicable"), ""),
    State.RECALL_OPEN: (_("recalled, to undo"), "bad"),
    State.RECALLED: (_("over"), ""),
}
MODES: dict[Mode, Promise] = {
    Mode.MANDATORY: _("must be done"),
    Mode.REFERENCE: _("may be considered"),
    Mode.VOLUNTARY: _("a private body's own decision"),
}
# Lists of the inbox: what waits first.
STAGES: dict[str, tuple[Promise, frozenset[State]]] = {
    "recalled": (_("To undo"), frozenset({State.RECALL_OPEN})),
    "open": (_("To do"), frozenset({State.OPEN, State.ACKNOWLEDGED})),
    "declined": (_("Declined"), frozenset({State.DECLINED})),
    "done": (
        _("Done"),
        frozenset({State.EXECUTED, State.NOT_APPLICABLE, State.RECALLED}),
    ),
}
REASONS: dict[str, Promise] = {
    "expired": _("the term is over"),
    "repaired": _("the organization repaired its credit"),
    "revoked": _("the decision was taken back"),
    "annulled": _("a review or a court annulled the decision"),
    "organization_gone": _("the organization is gone"),
}
