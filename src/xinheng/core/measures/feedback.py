"""What a unit without a network says of its tasks, in a file that is carried by hand.

    T12-340     task 12, as it was given by entry 340 of the ledger, or sent back by it
    R12-388     the same task, recalled by entry 388

The key says what an answer is to. The same file may be carried in twice, and an answer
to something that has moved on since changes nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_KEY = re.compile(r"([TR])([1-9][0-9]{0,17})-(0|[1-9][0-9]{0,17})")


class Said(StrEnum):
    """What a unit says; the first four of a task, the last of a recall."""

    ACKNOWLEDGED = "ACKNOWLEDGED"
    EXECUTED = "EXECUTED"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    DECLINED = "DECLINED"
    UNDONE = "UNDONE"


WORDS = {
    "已签收": Said.ACKNOWLEDGED,
    "已实施": Said.EXECUTED,
    "不适用": Said.NOT_APPLICABLE,
    "不予实施": Said.DECLINED,
    "已恢复": Said.UNDONE,
}


class Rule(StrEnum):
    """Why a row of a feedback file changes nothing; stable codes."""

    KEY = "MEASURE_KEY"  # no task of the unit was ever given under it
    WORD = "MEASURE_OUTCOME"  # no such outcome, or not of a task, or not of a recall
    MOVED_ON = "MEASURE_MOVED_ON"  # answered otherwise, recalled, or sent back since


@dataclass(frozen=True, slots=True)
class Key:
    """A task, and the entry of the ledger that asked the unit for something."""

    task: int
    seq: int
    is_recall: bool

    def __str__(self) -> str:
        """Return it as files bear it."""
        return f"{'R' if self.is_recall else 'T'}{self.task}-{self.seq}"


def read_key(text: str) -> Key | None:
    """Return the key that a text is, null where it is none.

    >>> str(read_key(" t12-340 "))
    'T12-340'
    """
    found = _KEY.fullmatch(text.strip().upper())
    if found is None:
        return None
    return Key(int(found[2]), int(found[3]), is_recall=found[1] == "R")


def read_word(text: str, *, is_recall: bool) -> Said | None:
    """Return what an outcome says, null where it says nothing of such a key.

    >>> read_word("已实施", is_recall=False)
    <Said.EXECUTED: 'EXECUTED'>
    >>> read_word("已实施", is_recall=True)
    """
    wanted = text.strip()
    said = WORDS.get(wanted)
    if said is None and wanted.upper() in Said.__members__:
        said = Said[wanted.upper()]
    return said if said is None or (said is Said.UNDONE) is is_recall else None
