"""The words of the workbench: stages, flags, verdicts, why something can't be done."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from xinheng.apps.organizations import corrections, corrections_effects, workbench
from xinheng.apps.organizations.suggestions import Suggested
from xinheng.core.organizations.corrections import Fault, Flag, Stage, Subject
from xinheng.core.organizations.issues import IssueKind, IssueState
from xinheng.core.organizations.judgements import Verdict
from xinheng.rulebook import issue_kinds, name_reasons
from xinheng.rulebook import suggestions as code_reasons
from xinheng.web.templatetags.xinheng import is_english

STAGES: dict[str, Promise] = {
    workbench.OPEN: _("open, nobody asked yet"),
    Stage.ASSIGNED: _("assigned to a unit"),
    Stage.PROPOSED: _("proposed, waits for a decision"),
    Stage.DECIDED: _("decided"),
    Stage.UNDONE: _("undone"),
    workbench.CLOSED: _("dealt with"),
}
STATES: dict[str, Promise] = {
    IssueState.OPEN: _("open, nobody asked yet"),
    IssueState.CORRECTED: _("corrected"),
    IssueState.CONFIRMED: _("confirmed as issued"),
    IssueState.DISMISSED: _("nothing was wrong"),
}
FLAGS: dict[str, Promise] = {
    Flag.NEW_CODE: _("0 – a new code was assigned"),
    Flag.DELETE: _("1 – delete"),
    Flag.KEEP: _("2 – keep the code"),
}
SUBJECTS: dict[str, Promise] = {
    Subject.HOLDER: _("The organization that holds the code"),
    Subject.CLAIMANT: _("The one that is not in the register"),
}
VERDICTS: dict[str, Promise] = {
    Verdict.SAME: _("the same organization"),
    Verdict.DIFFERENT: _("different organizations"),
    Verdict.UNSURE: _("can't be told"),
}
AGES: dict[int, Promise] = {
    30: _("more than 30 days"),
    90: _("more than 90 days"),
    365: _("more than a year"),
}
FAULTS: dict[Fault, tuple[str, Promise]] = {
    Fault.EVIDENCE_MISSING: ("evidence", _("Name the document that proves it.")),
    Fault.DIGEST_WRONG: (
        "evidence_sha256",
        _("A digest has 64 characters, 0 to 9 and a to f."),
    ),
    Fault.SUBJECT_WRONG: (
        "subject",
        _("A code can only be kept by the one that holds it; choose another answer."),
    ),
    Fault.DAY_WRONG: (
        "effective_on",
        _("The day lies in the future, or before the organization was registered."),
    ),
    Fault.CODE_MISSING: ("new_code", _("Enter the new code.")),
    Fault.CODE_WRONG: (
        "new_code",
        _("This is no unified code whose check characters are right."),
    ),
    Fault.CODE_SAME: ("new_code", _("The new code is the old one.")),
    Fault.NOT_CONFIRMABLE: (
        "flag",
        _("Such a code can't be kept: it is none, or is no code by its form."),
    ),
}
REFUSALS: dict[str, Promise] = {
    corrections.NOT_OPEN: _(
        "Somebody else was quicker: the issue is not in that stage any more."
    ),
    corrections.UNKNOWN_UNIT: _("Select a unit that exists today."),
    corrections.SAME_PERSON: _("Whoever assigned or proposed can't decide."),
    corrections.CHANGED_SINCE: _(
        "The organization was changed since. Begin a new correction instead."
    ),
    corrections.IN_USE: _(
        "Records or other organizations hang on what would have to go."
    ),
    corrections.FOUND_AGAIN: _(
        "The same was found again and stands open; decide on that issue."
    ),
    corrections_effects.CODE_HELD: _(
        "Another organization bears or bore the new code."
    ),
    corrections_effects.OUT_OF_ORDER: _(
        "The register knows a later change of the same; compare the days."
    ),
}
DONE: dict[str, Promise] = {
    "assigned": _("The issue is assigned."),
    "proposed": _("The proposal is recorded; another person decides."),
    "decided": _("The decision is recorded and in effect."),
    "sent-back": _("The proposal was sent back."),
    "undone": _("The decision is undone; everything is as it was before it."),
    "judged": _("Your judgement is recorded."),
    "withdrawn": _("The judgement is withdrawn."),
}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A suggested code in the reader's language; `name` is empty where unknown."""

    code: str
    name: str
    reasons: str
    is_certain: bool


def kind_title(kind: str) -> str:
    """Return the short name of a kind of issue in the reader's language."""
    words = issue_kinds.load()[IssueKind(kind)]
    return words.title_en if is_english() else words.title_zh


def kind_text(kind: str) -> str:
    """Return what a kind of issue means in the reader's language."""
    words = issue_kinds.load()[IssueKind(kind)]
    return words.text_en if is_english() else words.text_zh


def suggestions(found: Suggested) -> list[Suggestion]:
    """Return suggestions by code, then by name, with their reasons in words."""
    told = []
    for code in found.codes:
        words = code_reasons.tell(code)
        why = words.en if is_english() else words.zh
        told.append(Suggestion(code.code, "", why, code.is_certain))
    for name in found.names:
        texts = [name_reasons.describe(each) for each in name.differences]
        reasons = [each.text_en if is_english() else each.text_zh for each in texts]
        why = (" " if is_english() else "").join(reasons)
        told.append(Suggestion(name.code, name.name, why, is_certain=False))
    return told
