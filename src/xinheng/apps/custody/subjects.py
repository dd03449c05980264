"""What can be erased besides records and entries: `listing:12`, `case:5`, `task:7`,
`evidence:DIGEST`.

Each app empties its own rows. The ledger's entries about a subject go with it, and the
messages that they queued. Files go when the transaction has committed (`remove`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from xinheng.apps.cases import erasing as cases
from xinheng.apps.cases.tables import OBJECTION
from xinheng.apps.evidence import erasing as evidence
from xinheng.apps.listings import erasing as listings
from xinheng.apps.measures import erasing as measures
from xinheng.apps.objections import erasing as objections
from xinheng.apps.organizations import corrections_files
from xinheng.apps.repairs import erasing as repairs

LISTING, CASE, TASK, EVIDENCE = "listing", "case", "task", "evidence"
KINDS = (LISTING, CASE, TASK, EVIDENCE)
LONGEST_NUMBER = 15


class UnknownSubjectError(LookupError):
    """There is no such thing, it has effect still, or it has no content any more."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True, slots=True)
class Subject:
    """What is named: `key` is a number, of a file its digest."""

    kind: str
    key: str

    @property
    def name(self) -> str:
        """How it is written."""
        return f"{self.kind}:{self.key}"

    @property
    def number(self) -> int:
        """Its number; none of a file."""
        return int(self.key)


def parse(name: str) -> Subject:
    """Return the subject of a name.

    Raises:
        UnknownSubjectError: that is no name of one.
    """
    kind, _, key = name.partition(":")
    is_number = key.isascii() and key.isdecimal() and len(key) <= LONGEST_NUMBER
    if kind not in KINDS or not (is_number or (kind == EVIDENCE and len(key) == 64)):
        raise UnknownSubjectError(name)
    return Subject(kind, key)


def with_parts(names: Iterable[str]) -> tuple[Subject, ...]:
    """Return the subjects with what belongs to them alone: tasks, files of evidence.

    Raises:
        UnknownSubjectError: one is not there, has effect still, or is empty.
    """
    found: dict[str, Subject] = {}
    for subject in map(parse, names):
        if not _is_erasable(subject):
            raise UnknownSubjectError(subject.name)
        for each in (subject, *_parts(subject)):
            found[each.name] = each
    return tuple(found.values())


def entries_about(subject: Subject) -> tuple[str, ...]:
    """Return how ledger entries about a subject name it."""
    if subject.kind != CASE:
        return (subject.name,)
    return (f"objection:{subject.key}", f"repair:{subject.key}")


def erase(subject: Subject, *, seq: int, at: datetime) -> int:
    """Empty the rows of a subject as entry `seq` orders; return how many went."""
    if subject.kind == LISTING:
        return listings.erase(listing=subject.number, seq=seq, at=at)
    if subject.kind == TASK:
        return measures.erase_task(task=subject.number)
    if subject.kind == EVIDENCE:
        return evidence.erase(digest=subject.key, at=at)
    objections.erase(case=subject.number)
    repairs.erase(case=subject.number)
    return cases.erase(case=subject.number)


def remove(subject: Subject) -> None:
    """Take the files of a subject away, after its rows were emptied."""
    if subject.kind == LISTING:
        listings.remove(listing=subject.number)
    if subject.kind == EVIDENCE:
        evidence.remove(digest=subject.key)


def _is_erasable(subject: Subject) -> bool:
    if subject.kind == LISTING:
        return listings.is_over(subject.number)
    if subject.kind == TASK:
        return measures.exists(subject.number)
    if subject.kind == EVIDENCE:
        return evidence.exists(subject.key)
    found = cases.find(subject.number)
    return found is not None and found[1] != cases.GONE


def _parts(subject: Subject) -> Iterator[Subject]:
    if subject.kind == LISTING:
        for task in listings.tasks_of(subject.number):
            yield Subject(TASK, str(task))
    if subject.kind == CASE:
        yield from _files_of(subject.number)


def _files_of(case: int) -> Iterator[Subject]:
    """Yield the files of a case that nothing else names."""
    found = cases.find(case)
    of = objections if found and found[0] == OBJECTION else repairs
    for digest in of.files_of(case):
        is_shared = (
            objections.names_file(digest, but=case)
            or repairs.names_file(digest, but=case)
            or corrections_files.names_file(digest)
        )
        if not is_shared and evidence.exists(digest):
            yield Subject(EVIDENCE, digest)
