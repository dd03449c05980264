"""Judgements of a person: whether two entries of the register mean one organization.

An entry is an organization that is held, or an issue that names somebody who is not. A
judgement never merges, links or renames; it can be withdrawn, and then everything is as
it was. The idea is that of the resolver of nomenklatura.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What a person says about two entries, by the codes that the register stores."""

    SAME = "SAME"
    DIFFERENT = "DIFFERENT"
    UNSURE = "UNSURE"


class EntryKind(StrEnum):
    """What an entry is."""

    ORGANIZATION = "organization"
    ISSUE = "issue"


class PairError(ValueError):
    """No two entries: one is written wrongly, or both are the same."""


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """An organization or an issue, by the register's own number (from 1)."""

    kind: EntryKind
    number: int

    def __str__(self) -> str:
        """Return the entry as it is stored: `organization:12`."""
        return f"{self.kind.value}:{self.number}"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two entries in a fixed order, so that a pair has one judgement at a time."""

    one: Entry
    other: Entry


def parse(text: str) -> Entry:
    """Return the entry that a text names.

    Raises:
        PairError: the text names none.
    """
    kind, _, number = text.partition(":")
    is_number = number.isascii() and number.isdigit() and 0 < len(number) <= 18
    if kind not in set(EntryKind) or not is_number or number.startswith("0"):
        raise PairError(text)
    return Entry(EntryKind(kind), int(number))


def pair(one: Entry, other: Entry) -> Pair:
    """Return the pair of two entries, whichever is named first.

    Raises:
        PairError: both are one entry.
    """
    if one == other:
        raise PairError(str(one))
    first, second = sorted((one, other))
    return Pair(first, second)
