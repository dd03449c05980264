"""What can be erased besides records and entries, by what people wrote it about.

    listing:12, case:5, task:7, evidence:DIGEST      lists, redress, measures, files
    organization:CODE, issue:3, judgement:4          the register and its workbench
    succession:5, commitment:6, data-report:7
    target:9                                         of a campaign
    assessment:8                                     a round: claims, remarks, appeals
    look-ups:CODE, reports:CODE                      what officials wanted to know for

Each app empties its own rows; `_KINDS` says which functions do. The ledger's entries
about a subject go with it, and the messages that they queued. Files go when the
transaction has committed (`remove`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from xinheng.apps.assessments import erasing as assessments
from xinheng.apps.campaigns import erasing as campaigns
from xinheng.apps.cases import erasing as cases
from xinheng.apps.cases.tables import OBJECTION
from xinheng.apps.commitments import erasing as commitments
from xinheng.apps.disclosures import erasing as disclosures
from xinheng.apps.evidence import erasing as evidence
from xinheng.apps.ledger import erasing as ledger
from xinheng.apps.listings import erasing as listings
from xinheng.apps.measures import erasing as measures
from xinheng.apps.objections import erasing as objections
from xinheng.apps.organizations import corrections_files
from xinheng.apps.organizations import erasing as organizations
from xinheng.apps.records import erasing as records
from xinheng.apps.repairs import erasing as repairs
from xinheng.apps.reports import erasing as reports
from xinheng.apps.standing import erasing as standing

LISTING, CASE, TASK, EVIDENCE = "listing", "case", "task", "evidence"
ORGANIZATION, SUCCESSION = "organization", "succession"
ISSUE, JUDGEMENT = "issue", "judgement"
_NUMBER = re.compile(r"[0-9]{1,15}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_CODE = re.compile(r"[0-9A-Z]{18}")


class UnknownSubjectError(LookupError):
    """There is no such thing, it has effect still, or it has no content any more."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True, slots=True)
class Subject:
    """What is named: `key` is a number, a unified code, or the digest of a file."""

    kind: str
    key: str

    @property
    def name(self) -> str:
        """How it is written."""
        return f"{self.kind}:{self.key}"

    @property
    def number(self) -> int:
        """Its number; none of a file or a code."""
        return int(self.key)


def _about_itself(subject: Subject) -> tuple[int, ...]:
    return ledger.list_of([subject.name])


def _nothing(_: Subject) -> tuple[()]:
    return ()


@dataclass(frozen=True, slots=True)
class _Kind:
    """How a subject of a kind goes.

    `is_erasable` is asked on a day, `erase` told the entry that orders it and when;
    `entries` are those whose content goes along, `parts` what belongs to it alone.
    """

    key: re.Pattern[str]
    is_erasable: Callable[[Subject, date], bool]
    erase: Callable[[Subject, int, datetime], int]
    entries: Callable[[Subject], tuple[int, ...]] = _about_itself
    parts: Callable[[Subject], Iterable[Subject]] = _nothing
    remove: Callable[[Subject], None] | None = None


def parse(name: str) -> Subject:
    """Return the subject of a name.

    Raises:
        UnknownSubjectError: that is no name of one.
    """
    kind, _, key = name.partition(":")
    if kind not in _KINDS or _KINDS[kind].key.fullmatch(key) is None:
        raise UnknownSubjectError(name)
    return Subject(kind, key)


def with_parts(names: Iterable[str], *, on: date) -> tuple[Subject, ...]:
    """Return the subjects with what belongs to them alone: tasks, files, judgements.

    Raises:
        UnknownSubjectError: one is not there, has effect still, or is empty.
    """
    found: dict[str, Subject] = {}
    for subject in map(parse, names):
        kind = _KINDS[subject.kind]
        if not kind.is_erasable(subject, on):
            raise UnknownSubjectError(subject.name)
        for each in (subject, *kind.parts(subject)):
            found[each.name] = each
    return tuple(found.values())


def entries(subject: Subject) -> tuple[int, ...]:
    """Return the ledger entries whose content goes with a subject."""
    return _KINDS[subject.kind].entries(subject)


def erase(subject: Subject, *, seq: int, at: datetime) -> int:
    """Empty the rows of a subject as entry `seq` orders; return how many went."""
    return _KINDS[subject.kind].erase(subject, seq, at)


def remove(subject: Subject) -> None:
    """Take the files of a subject away, after its rows were emptied."""
    if take_away := _KINDS[subject.kind].remove:
        take_away(subject)


def _tasks(subject: Subject) -> Iterator[Subject]:
    for task in listings.tasks_of(subject.number):
        yield Subject(TASK, str(task))


def _is_case_over(subject: Subject, _: date) -> bool:
    found = cases.find(subject.number)
    return found is not None and found[1] != cases.GONE


def _entries_of_case(subject: Subject) -> tuple[int, ...]:
    return ledger.list_of([f"objection:{subject.key}", f"repair:{subject.key}"])


def _erase_case(subject: Subject, _: int, __: datetime) -> int:
    objections.erase(case=subject.number)
    repairs.erase(case=subject.number)
    return cases.erase(case=subject.number)


def _files(subject: Subject) -> Iterator[Subject]:
    """Yield the files of a case that nothing else names."""
    case = subject.number
    found = cases.find(case)
    of = objections if found and found[0] == OBJECTION else repairs
    for digest in of.files_of(case):
        is_shared = (
            objections.names_file(digest, but=case)
            or repairs.names_file(digest, but=case)
            or corrections_files.names_file(digest)
            or campaigns.names_file(digest)
        )
        if not is_shared and evidence.exists(digest):
            yield Subject(EVIDENCE, digest)


def _file_of_target(subject: Subject) -> Iterator[Subject]:
    """Yield the file of a campaign's target that nothing else names."""
    digest = campaigns.file_of(subject.number)
    is_shared = (
        campaigns.names_file(digest, but=subject.number)
        or objections.names_file(digest, but=0)
        or repairs.names_file(digest, but=0)
        or corrections_files.names_file(digest)
    )
    if digest and not is_shared and evidence.exists(digest):
        yield Subject(EVIDENCE, digest)


def _workbench(subject: Subject) -> Iterator[Subject]:
    for issue in organizations.issues_of(subject.key):
        part = Subject(ISSUE, str(issue))
        yield from (part, *_judgements(part))
    # What an undo of a merger would put back names it too.
    for succession in records.successions_of(subject.key):
        yield Subject(SUCCESSION, str(succession))


def _judgements(subject: Subject) -> Iterator[Subject]:
    for judgement in organizations.judgements_of(subject.number):
        yield Subject(JUDGEMENT, str(judgement))


def _entries_of_issue(subject: Subject) -> tuple[int, ...]:
    return ledger.list_of([f"register_issue:{subject.key}"])


def _entries_of_round(subject: Subject) -> tuple[int, ...]:
    return ledger.list_of([subject.name], assessments.ACTS)


def _entries_of_report(subject: Subject) -> tuple[int, ...]:
    about = disclosures.subject_of(subject.number)
    return ledger.list_of([about], disclosures.ACTS)


_KINDS: dict[str, _Kind] = {
    LISTING: _Kind(
        _NUMBER,
        lambda each, _: listings.is_over(each.number),
        lambda each, seq, at: listings.erase(listing=each.number, seq=seq, at=at),
        parts=_tasks,
        remove=lambda each: listings.remove(listing=each.number),
    ),
    CASE: _Kind(
        _NUMBER,
        _is_case_over,
        _erase_case,
        entries=_entries_of_case,
        parts=_files,
    ),
    TASK: _Kind(
        _NUMBER,
        lambda each, _: measures.exists(each.number),
        lambda each, *_: measures.erase_task(task=each.number),
    ),
    EVIDENCE: _Kind(
        _DIGEST,
        lambda each, _: evidence.exists(each.key),
        lambda each, _, at: evidence.erase(digest=each.key, at=at),
        remove=lambda each: evidence.remove(digest=each.key),
    ),
    ORGANIZATION: _Kind(
        _CODE,
        lambda each, _: organizations.is_over(each.key),
        lambda each, *_: organizations.erase(code=each.key),
        entries=_nothing,
        parts=_workbench,
    ),
    ISSUE: _Kind(
        _NUMBER,
        lambda each, _: organizations.is_closed(each.number),
        lambda each, *_: organizations.erase_issue(issue=each.number),
        entries=_entries_of_issue,
        parts=_judgements,
    ),
    JUDGEMENT: _Kind(
        _NUMBER,
        lambda each, _: organizations.is_judged(each.number),
        lambda each, *_: organizations.erase_judgement(judgement=each.number),
    ),
    SUCCESSION: _Kind(
        _NUMBER,
        lambda each, _: records.is_succession_over(each.number),
        lambda each, *_: records.erase_succession(succession=each.number),
    ),
    "commitment": _Kind(
        _NUMBER,
        lambda each, on: commitments.is_over(each.number, on=on),
        lambda each, *_: commitments.erase(commitment=each.number),
    ),
    "target": _Kind(
        _NUMBER,
        lambda each, _: campaigns.exists(each.number),
        lambda each, *_: campaigns.erase(target=each.number),
        parts=_file_of_target,
    ),
    "data-report": _Kind(
        _NUMBER,
        lambda each, _: disclosures.is_decided(each.number),
        lambda each, *_: disclosures.erase(report=each.number),
        entries=_entries_of_report,
    ),
    "assessment": _Kind(
        _NUMBER,
        lambda each, _: assessments.is_over(each.number),
        lambda each, *_: assessments.erase(round_=each.number),
        entries=_entries_of_round,
    ),
    "look-ups": _Kind(
        _CODE,
        lambda each, _: standing.exists(each.key),
        lambda each, *_: standing.erase(code=each.key),
        entries=_nothing,
    ),
    "reports": _Kind(
        _CODE,
        lambda each, on: reports.exists(each.key, on=on),
        lambda each, _, at: reports.erase(code=each.key, on=timezone.localdate(at)),
        entries=lambda each: reports.entries_of(each.key),
    ),
}
KINDS = tuple(_KINDS)
