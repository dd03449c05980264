"""The words of exchange: why a row came back, why a run stopped, what a trial was."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from xinheng.apps.exchange.queries import TrialView
from xinheng.core.exchange.profiles import Profile
from xinheng.core.exchange.upper_rules import Trouble
from xinheng.web.templatetags.xinheng import local

AGES: tuple[Promise, ...] = (
    _("up to a day"),
    _("up to a week"),
    _("up to 30 days"),
    _("older"),
)
REASONS: Mapping[str, Promise] = {
    "1001": _(
        "Name and code do not agree with the platform's register: compare the name,"
        " also former ones."
    ),
    "R-REQ": _("A column that the platform needs is empty."),
    "R-LEN": _("A value is longer than the platform takes."),
    "R-DATE-FMT": _("A date can't be read."),
    "R-SIZE": _("The row alone is larger than the platform takes."),
    "R-TWO-KEYS": _("Another record has the same key there."),
    "R-ENCODING": _("A character can't be written in the platform's encoding."),
    "R-SPECIAL": _("A character that the platform does not take."),
    "R-DUP": _("The platform holds the row already, from somewhere else."),
}
STOPS: Mapping[str, Promise] = {
    "UNREACHABLE": _("can't be reached"),
    "UNANSWERED": _("does not answer"),
    "BUSY": _("takes no more for now"),
    "PACED": _("takes no more for now"),
    "BY_HAND": _("a person carries the packages"),
    "TRIED_TOO_OFTEN": _("answers nothing that can be followed"),
    "TEMPLATE_DIFFERS": _("wants columns that the profile does not have"),
    "NO_PROGRESS": _("takes nothing, and does not say why"),
    "HOST_KEY_CHANGED": _("its host key changed; nothing was sent"),
    "ACCESS_DENIED": _("does not let us in"),
    "ADDRESS_INNER_ADDRESS": _("lies in a network that is not allowed"),
    "ADDRESS_UNKNOWN_HOST": _("its name leads nowhere"),
}
KINDS: Mapping[str, Promise] = {
    "": _("under way"),
    "accepted": _("accepted"),
    "refused": _("refused"),
    "partial": _("in part"),
    "pending": _("taken in, answer later"),
    "busy": _("too much at once"),
    "lost": _("no answer"),
    "unreachable": _("not reached"),
    "malformed": _("no answer of the agreed form"),
}
TROUBLES: Mapping[str, Promise] = {
    Trouble.ROWS: _("a limit of rows"),
    Trouble.BYTES: _("a limit of bytes"),
    Trouble.CHARACTERS: _("characters that are not taken"),
    Trouble.ORDER: _("another order of columns"),
    Trouble.DATE: _("another format of days"),
    Trouble.RATE: _("a limit of packages a minute"),
    Trouble.MISMATCH: _("names that do not agree (1001)"),
    Trouble.DUPLICATES: _("answers that come twice"),
    Trouble.PARTIAL: _("packages taken in part"),
    Trouble.TIMEOUT: _("answers that are lost"),
    Trouble.LATE: _("feedback days later"),
    Trouble.WRONG: _("wrong feedback"),
}
PROPOSALS: Mapping[str, Promise] = {
    "OPEN": _("to be decided"),
    "ADOPTED": _("adopted"),
    "DROPPED": _("not adopted"),
}
UNREADABLE: Mapping[str, Promise] = {
    "TOO_LARGE": _("The file is larger than 20 MB or has more than 200,000 rows."),
    "FORM": _(
        "The file is no CSV, XLSX or JSON that can be read. Nothing was changed."
    ),
    "HEADER": _(
        "The first row names no result, or nothing that tells the rows apart. Nothing"
        " was changed."
    ),
}
ODDITIES: Mapping[str, Promise] = {
    "ROW_NEVER_SENT": _("This row was never sent to the platform."),
    "OTHER_PACKAGE": _("The row left in another package."),
    "FEEDBACK_CONTRADICTS": _("The feedback contradicts itself, or what is known."),
    "STATUS_UNKNOWN": _("The result is none of the agreed words."),
    "DATASET_UNKNOWN": _("The dataset is none of those that the platform takes."),
    "KEY_MISSING": _("Nothing names the row."),
    "MANIFEST_MISMATCH": _("The checksum of the file is another one."),
    "FEEDBACK_TOO_LARGE": UNREADABLE["TOO_LARGE"],
    "FEEDBACK_FORM": UNREADABLE["FORM"],
    "FEEDBACK_HEADER": UNREADABLE["HEADER"],
}
FOLLOWING: Mapping[str, Promise] = {
    "UNREACHABLE": _("can't be reached"),
    "MALFORMED": _("answers nothing that can be followed"),
    "UNSIGNED": _("its checkpoint is not signed by a key that we were given"),
    "CUT_BACK": _("its ledger is shorter than it was"),
    "FORKED": _("its ledger is another one than before"),
    "OTHER_LOG": _("its ledger bears another name"),
    "CURSOR_AHEAD": _("its feed ends before the place where we stand"),
}
_TAGS = {"accepted": "good", "partial": "warn", "pending": "accent", "": "accent"}


def reason(code: str) -> Promise | str:
    """Return why a row came back; a code that nobody knows stays as it is."""
    return REASONS.get(code, code)


def stop(code: str) -> Promise | str:
    """Return why a run stopped, empty where it did not."""
    return STOPS.get(code, code)


def odd(code: str) -> Promise | str:
    """Return why a line of feedback was not followed."""
    return ODDITIES.get(code, code)


def follow(code: str) -> Promise | str:
    """Return why a neighbor was not followed, empty where it was."""
    return FOLLOWING.get(code, code)


def kind(code: str) -> Promise:
    """Return how a sending ended."""
    return KINDS[code]


def tag(trial: TrialView) -> str:
    """Return the color of a trial's tag."""
    return _TAGS.get(trial.kind, "bad")


def title(profile: Profile) -> str:
    """Return a profile's title in the reader's language."""
    return local(profile, "title")
