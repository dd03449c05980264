"""What a target answers, in the agreed form, and what of it may be believed.

    {"package": id, "status": "accepted|refused|partial|pending|busy",
     "code": .., "message": .., "retry_after": seconds,
     "rows": [{"key": .., "status": "accepted|refused|pending",
               "code": .., "message": .., "package": ..}]}

Anything else is MALFORMED: kept for inspection, and nothing is accepted on its word.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from xinheng.core.screening import personal_id

LONGEST_TEXT = 500
MOST_SECONDS = 86_400
LEFT_OUT = "***"  # for a text that holds a number of a natural person


class Kind(StrEnum):
    """How a sending ended."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    PARTIAL = "partial"  # some rows, see `rows`
    PENDING = "pending"  # taken in; what became of the rows is told later
    BUSY = "busy"  # nothing was looked at: too much at once
    LOST = "lost"  # no answer; it may have arrived
    UNREACHABLE = "unreachable"  # it did not arrive
    MALFORMED = "malformed"  # something came that is no answer


class RowState(StrEnum):
    """What a target says of one row."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    PENDING = "pending"
    UNKNOWN = "unknown"  # it has never met the row


@dataclass(frozen=True, slots=True)
class RowAnswer:
    """What was said of a row; `package` is the one in which the target took it last."""

    state: RowState
    code: str = ""
    message: str = ""
    package: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer; `rows` by what the target calls the rows.

    `oddities` name what in it can't be: kept for inspection, and not followed.
    """

    kind: Kind
    code: str = ""
    message: str = ""
    rows: Mapping[str, RowAnswer] | None = None
    retry_after: int | None = None
    oddities: tuple[str, ...] = ()


_KINDS = {
    kind.value: kind
    for kind in (Kind.ACCEPTED, Kind.REFUSED, Kind.PARTIAL, Kind.PENDING, Kind.BUSY)
}


def parse(data: bytes, *, package: str, keys: Collection[str]) -> Answer:
    """Return what an answer says to a package with these keys.

    Never raises: what is no answer is MALFORMED.
    """
    try:
        said = json.loads(data)
        kind = _KINDS[said["status"]]
        rows = _rows(said.get("rows", []))
    except (ValueError, KeyError, TypeError, AttributeError):
        return Answer(Kind.MALFORMED, oddities=("ANSWER_FORM",))
    if said.get("package") != package:
        return Answer(Kind.MALFORMED, oddities=("ANSWER_OTHER_PACKAGE",))
    wait = said.get("retry_after")
    is_wait = type(wait) is int and 0 <= wait <= MOST_SECONDS
    answer = Answer(
        kind,
        clean(said.get("code", "")),
        clean(said.get("message", "")),
        rows,
        wait if is_wait else None,
    )
    return examine(answer, keys)


def examine(answer: Answer, keys: Collection[str]) -> Answer:
    """Return the answer without what can't be; contradictions make it MALFORMED."""
    known = set(keys)
    rows = {key: row for key, row in (answer.rows or {}).items() if key in known}
    oddities = list(answer.oddities)
    if len(rows) < len(answer.rows or {}):
        oddities.append("ROW_NEVER_SENT")
    states = {row.state for row in rows.values()}
    if _contradicts(answer.kind, states, is_whole=len(rows) == len(known)):
        oddities.append("ANSWER_CONTRADICTS_ITSELF")
        return Answer(Kind.MALFORMED, oddities=tuple(oddities))
    return replace(answer, rows=rows, oddities=tuple(oddities))


def _contradicts(kind: Kind, states: set[RowState], *, is_whole: bool) -> bool:
    if kind is Kind.ACCEPTED:
        return bool(states - {RowState.ACCEPTED})
    if kind is Kind.REFUSED:
        return RowState.ACCEPTED in states
    return kind is Kind.PARTIAL and is_whole and states == {RowState.PENDING}


def parse_states(
    data: bytes, *, keys: Collection[str]
) -> Mapping[str, RowAnswer] | None:
    """Return what the target holds of these keys; null where that is no answer.

    A key of which nothing is said is UNKNOWN to the target.
    """
    try:
        rows = _rows(json.loads(data)["rows"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return {key: rows.get(key, RowAnswer(RowState.UNKNOWN)) for key in keys}


def _rows(said: object) -> dict[str, RowAnswer]:
    if not isinstance(said, list):
        raise TypeError
    return {str(each["key"]): _row(each) for each in said}


def _row(said: Mapping[str, object]) -> RowAnswer:
    return RowAnswer(
        RowState(str(said["status"])),
        clean(said.get("code", "")),
        clean(said.get("message", "")),
        _text(said.get("package", "")),
    )


def clean(said: object) -> str:
    """Return what may be kept of a text that another machine wrote."""
    text = _text(said)
    return LEFT_OUT if personal_id.find(text) is not None else text


def _text(said: object) -> str:
    return str(said)[:LONGEST_TEXT]
