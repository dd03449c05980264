"""Why the bulletin or a brief is refused, in words, and at which field."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from xinheng.apps.statistics import issuing
from xinheng.core.statistics.briefs import LONGEST_TEXT, LONGEST_TITLE, Refusal

BRIEF: dict[Refusal, Promise] = {
    Refusal.TITLE: _("Enter a title of at most 100 characters."),
    Refusal.TEXT: _("Enter a text of at most 3000 characters."),
    Refusal.PERSONAL_ID: _("Leave out the personal identity number."),
    Refusal.ISSUED: _(
        "The issue of this month is out, and nothing of it moves any more."
    ),
    Refusal.FUTURE: _("The month has not begun."),
    Refusal.APPROVED: _("This brief was decided on already."),
    Refusal.SAME_PERSON: _("You wrote or edited it, so another person decides."),
}
AT_FIELD: dict[Refusal, str] = {
    Refusal.TITLE: "title",
    Refusal.TEXT: "text",
    Refusal.PERSONAL_ID: "text",
    Refusal.FUTURE: "period",
    Refusal.ISSUED: "period",
}
ISSUE: dict[issuing.Refusal, Promise] = {
    issuing.Refusal.NOT_OVER: _("The month is not over: issue it when it is."),
    issuing.Refusal.EMPTY: _("No unit has handed in anything for this month."),
    issuing.Refusal.UNCHANGED: _(
        "Nothing has changed since the last issue of this month: there is nothing to"
        " restate."
    ),
    issuing.Refusal.PERSONAL_ID: _("Leave out the personal identity number."),
    issuing.Refusal.GLYPH: _(
        "A brief holds a character that no font can print, such as a picture character."
    ),
    issuing.Refusal.TOO_LONG: _("A line has at most 300 characters."),
}
STATES: dict[str, tuple[Promise, str]] = {
    "SUBMITTED": (_("waits for approval"), "warn"),
    "RETURNED": (_("sent back"), "bad"),
    "APPROVED": (_("approved"), "good"),
}
SECTIONS: dict[str, Promise] = {
    "PROGRESS": _("Progress of the work"),
    "MEASURES": _("Joint measures"),
    "BRIEF": _("Brief of a unit"),
}
LONGEST = {"title": LONGEST_TITLE, "text": LONGEST_TEXT}
