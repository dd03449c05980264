"""What the pages of campaigns and activities say: states, kinds, refusals."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from xinheng.core.campaigns import activities
from xinheng.core.campaigns.campaigns import ActKind, Fault, State

STATES: dict[State, tuple[Promise, str]] = {
    State.OPEN: (_("under way"), "accent"),
    State.CLOSED: (_("brought to an end"), "good"),
    State.SETTLED: (_("settled"), "good"),
    State.WITHDRAWN: (_("taken off the list"), ""),
}
ACTS: dict[ActKind, Promise] = {
    ActKind.REMINDER: _("Reminder"),
    ActKind.INTERVIEW: _("Warning interview"),
    ActKind.PROGRESS: _("Progress"),
}
KINDS: dict[activities.Kind, Promise] = {
    activities.Kind.SUPERVISION: _("Supervision of a sector by credit"),
    activities.Kind.PUBLICITY: _("Integrity campaign (publicity)"),
    activities.Kind.BUSINESS_ENVIRONMENT: _("Business environment"),
}
REFUSALS: dict[Fault, Promise] = {
    Fault.TITLE: _("Enter a title of at most 200 characters."),
    Fault.BASIS: _("Name the document that orders it, in at most 200 characters."),
    Fault.DAY: _(
        "The day lies ahead, before the campaign began, or the last day before the"
        " first."
    ),
    Fault.NOTE: _("Say it in 1 to 500 characters."),
    Fault.DOCUMENT: _("Enter the number of the document, at most 128 characters."),
    Fault.PERSONAL_ID: _("Leave out the personal identity number."),
    Fault.SOLE_PROPRIETOR: _(
        "A sole proprietor is a person in business and can't be a target."
    ),
    Fault.NOT_GOVERNMENT: _(
        "This campaign is about bodies of government: the code must begin with 1."
    ),
    Fault.TWICE: _("That stands in the campaign already."),
    Fault.ENDED: _("It is over, and nothing of it moves any more."),
    Fault.NOT_PROPOSED: _("Nobody has proposed it yet."),
    Fault.SAME_PERSON: _("You proposed it, so another person confirms."),
    Fault.OPEN_TARGETS: _(
        "Some targets are open still: settle or withdraw them first."
    ),
}
AT_FIELD: dict[Fault, str] = {
    Fault.TITLE: "title",
    Fault.BASIS: "basis",
    Fault.NOTE: "note",
    Fault.DOCUMENT: "document_no",
    Fault.SOLE_PROPRIETOR: "uscc",
    Fault.NOT_GOVERNMENT: "uscc",
    Fault.OPEN_TARGETS: "document_no",
    Fault.SAME_PERSON: "choice",
    Fault.NOT_PROPOSED: "choice",
}
ACTIVITIES: dict[activities.Fault, Promise] = {
    activities.Fault.TITLE: _("Enter a title of at most 200 characters."),
    activities.Fault.TEXT: _("Enter a text of at most 4000 characters."),
    activities.Fault.NUMBER: _(
        "Enter the number of its document, at most 64 characters."
    ),
    activities.Fault.DAY: _("The day lies ahead. Report it once it was held."),
    activities.Fault.PERSONAL_ID: _("Leave out the personal identity number."),
    activities.Fault.TWICE: _("The unit reported one under this number already."),
    activities.Fault.DECIDED: _("It was decided on already."),
    activities.Fault.SAME_PERSON: _(
        "You wrote or edited it, so another person decides."
    ),
}
ACTIVITY_FIELD: dict[activities.Fault, str] = {
    activities.Fault.TITLE: "title",
    activities.Fault.TEXT: "text",
    activities.Fault.NUMBER: "number",
    activities.Fault.TWICE: "number",
    activities.Fault.DAY: "held_on",
    activities.Fault.PERSONAL_ID: "text",
}
ACTIVITY_STATES: dict[activities.State, tuple[Promise, str]] = {
    activities.State.SUBMITTED: (_("waits for approval"), "warn"),
    activities.State.RETURNED: (_("sent back"), "bad"),
    activities.State.APPROVED: (_("approved"), "good"),
}
