"""Correcting a code (纠错): who may do what in which order, and what a return says.

    open -> assigned -> proposed -> decided -> undone, which is open again

The credit office assigns an issue to the registrar's unit; that unit, or the office
itself, proposes one of three answers with evidence; another person of the office
decides. Whoever assigned or proposed never decides.

The three flags are those of the correction return of 2023 (数据操作标识位): 0 a new
code was assigned, 1 the entry is deleted, 2 the code is kept (domain
notes, section 2.4).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from xinheng.core.identifiers import uscc
from xinheng.core.organizations.issues import CONFIRMABLE, IssueKind
from xinheng.core.screening import personal_id


class Flag(StrEnum):
    """What is done with the code, as the return writes it."""

    NEW_CODE = "0"
    DELETE = "1"
    KEEP = "2"


class Subject(StrEnum):
    """Whom an answer is about: who holds the code, or who else claims it."""

    HOLDER = "HOLDER"
    CLAIMANT = "CLAIMANT"


class Stage(StrEnum):
    """Where a correction stands; an issue without one is open."""

    ASSIGNED = "ASSIGNED"
    PROPOSED = "PROPOSED"
    DECIDED = "DECIDED"
    UNDONE = "UNDONE"


# A correction that still counts: an issue has at most one of them.
LIVE = frozenset({Stage.ASSIGNED, Stage.PROPOSED, Stage.DECIDED})


class Fault(StrEnum):
    """Why an answer can't be taken; stable codes."""

    EVIDENCE_MISSING = "EVIDENCE_MISSING"
    DIGEST_WRONG = "DIGEST_WRONG"
    SUBJECT_WRONG = "SUBJECT_WRONG"
    DAY_WRONG = "DAY_WRONG"
    CODE_MISSING = "CODE_MISSING"
    CODE_WRONG = "CODE_WRONG"
    CODE_SAME = "CODE_SAME"
    NOT_CONFIRMABLE = "NOT_CONFIRMABLE"


@dataclass(frozen=True, slots=True)
class Case:
    """What an answer has to fit: the issue's kind and code, and who is concerned.

    `has_holder` says that the register holds an organization for the issue, `is_claim`
    that somebody else claims its code. `registered_on` of the holder is null where it
    is not known.
    """

    kind: IssueKind
    code: str
    has_holder: bool
    is_claim: bool
    registered_on: date | None = None

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """Whom an answer may be about."""
        if not self.has_holder:
            return (Subject.CLAIMANT,)
        if self.is_claim:
            return (Subject.HOLDER, Subject.CLAIMANT)
        return (Subject.HOLDER,)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is proposed. `new_code` is empty unless the flag is NEW_CODE.

    `effective_on` is the legal day of the registrar's act. `evidence` names the
    document, `evidence_sha256` is the digest of its file in hex, empty for none.
    """

    flag: Flag
    subject: Subject
    new_code: str
    effective_on: date
    evidence: str
    evidence_sha256: str = ""


def faults(answer: Answer, case: Case, *, on: date) -> tuple[Fault, ...]:
    """Return what is wrong with an answer, nothing where it can be decided.

    `on` is today: an act of tomorrow can't be entered.
    """
    return tuple(_faults(answer, case, on))


def _faults(answer: Answer, case: Case, on: date) -> Iterable[Fault]:
    if not answer.evidence.strip():
        yield Fault.EVIDENCE_MISSING
    if answer.evidence_sha256 and not _is_digest(answer.evidence_sha256):
        yield Fault.DIGEST_WRONG
    # A code is kept by whoever holds it: keep at most one.
    is_other = answer.subject is not case.subjects[0]
    if answer.subject not in case.subjects or (answer.flag is Flag.KEEP and is_other):
        yield Fault.SUBJECT_WRONG
    if answer.effective_on > on or _is_before_it_was(answer, case):
        yield Fault.DAY_WRONG
    if answer.flag is Flag.NEW_CODE:
        yield from _faults_of_code(answer.new_code, case)
    is_kept = answer.flag is Flag.KEEP and not case.has_holder
    if is_kept and case.kind not in CONFIRMABLE:
        yield Fault.NOT_CONFIRMABLE


def _is_before_it_was(answer: Answer, case: Case) -> bool:
    is_holder = answer.subject is Subject.HOLDER
    known = case.registered_on if is_holder else None
    return known is not None and answer.effective_on < known


def _faults_of_code(code: str, case: Case) -> Iterable[Fault]:
    if not code:
        yield Fault.CODE_MISSING
    elif uscc.reason(code) is not None or personal_id.find_embedded(code) is not None:
        yield Fault.CODE_WRONG
    elif code == case.code:
        yield Fault.CODE_SAME


def _is_digest(text: str) -> bool:
    return len(text) == 64 and not set(text) - set("0123456789abcdef")


def may_decide(account: str, *, assigned_by: str, proposed_by: str) -> bool:
    """Tell whether an account is another person than those who acted before."""
    return account not in {assigned_by, proposed_by}
