"""Look organizations up: what holds for them in a matter, on which basis, until when.

Every use is logged before its answer leaves, with the unit, the matter and the purpose.
A text that is no code is answered as invalid, with what it may have been, and never as
if nothing was found; a matter that the rulebook does not know is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache

from django.utils import timezone

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import KeyView, NotAllowedError
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.organizations import history, suggestions
from xinheng.apps.standing import facts, rendering, snapshot, sources, uses
from xinheng.apps.standing.models import LookUp
from xinheng.apps.standing.rendering import Registered
from xinheng.apps.standing.uses import Use
from xinheng.core.identifiers import uscc
from xinheng.core.screening import personal_id
from xinheng.core.submissions import reasons
from xinheng.core.two_times import AsOf
from xinheng.rulebook import measures as rulebook

MOST_CODES = 10_000
LONGEST_PURPOSE = 200
Channel = LookUp.Channel


class UnknownMatterError(LookupError):
    """The rulebook knows no such matter."""

    def __init__(self, matter: str) -> None:
        super().__init__(matter)
        self.matter = matter


class FutureSizeError(LookupError):
    """The ledger has not reached the size that was asked for."""


class BatchError(ValueError):
    """A batch has 1 to `MOST_CODES` codes."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: an opaque account or key, and for which unit, if for one."""

    account_id: str
    unit: str | None
    channel: str


@dataclass(frozen=True, slots=True)
class Question:
    """In which matter, what for, on which day; `known_at` is a size of the ledger.

    Null means as known now.
    """

    matter: str
    purpose: str
    on: date
    known_at: int | None = None

    def check(self) -> None:
        """Refuse what could not be answered or logged.

        Raises:
            ReasonError: the purpose is missing or too long, or holds a person's number.
            UnknownMatterError: the rulebook knows no such matter.
        """
        if self.matter not in _matters():
            raise UnknownMatterError(self.matter)
        _check_purpose(self.purpose)


@cache
def _matters() -> frozenset[str]:
    return frozenset(rulebook.rules().matters)


@cache
def _check_purpose(purpose: str) -> None:
    reasons.require(purpose)
    if len(purpose) > LONGEST_PURPOSE:
        raise reasons.ReasonError(reasons.Fault.TOO_LONG)


def look_up(
    *,
    asker: Asker,
    code: str,
    question: Question,
    at: datetime,
    with_facts: bool = False,
) -> str:
    """Return what holds for one organization, as JSON; its records where asked for.

    Raises:
        FutureSizeError: the ledger has not reached `known_at`.
        NotLoggedError: the use could not be logged.
        ReasonError, UnknownMatterError: see `Question.check`.
        SnapshotNotReadyError: the database can't be read.
    """
    question.check()
    view = snapshot.snapshot.view()
    wanted = uscc.normalize(code)
    effects = view.effects.get(wanted, ())
    if not effects and view.codes.find(wanted) is None:
        failed = _find_fault(wanted)
        if failed is not None:
            return _invalid(wanted, failed)
    known = Registered(view.codes.find(wanted), view.former.get(wanted))
    size = view.ledger_size
    if question.known_at is not None:
        size = _size(question.known_at, reached=ledger.size())
        effects = sources.effects_of(wanted)
        known = _known_then(wanted, question.on, size)
    _record(asker, question, (wanted,), size, at=at)
    if with_facts:
        known = replace(known, facts=_facts(wanted, known, question, at=at))
    return rendering.answer(
        known,
        code=wanted,
        matter=question.matter,
        on=question.on,
        effects=effects,
        ledger_size=size,
    )


def _facts(
    code: str, known: Registered, question: Question, *, at: datetime
) -> facts.Facts:
    """Return what is on record, as known then where another time was asked about."""
    today, asked = timezone.localdate(at), None
    if question.known_at is not None:
        size = question.known_at
        asked = AsOf(question.on, ledger.moment_of(size), size)
    elif question.on != today:
        asked = AsOf(question.on, at, ledger.size())
    return facts.find(known.current_code or code, today=today, asked=asked)


def look_up_many(
    *, asker: Asker, codes: Sequence[str], question: Question, at: datetime
) -> str:
    """Return what holds for many organizations, as JSON; one row of the log for all.

    Raises:
        BatchError: none, or more than `MOST_CODES`.
        FutureSizeError: the view of now has not reached `known_at`.
        ReasonError, UnknownMatterError, NotLoggedError, SnapshotNotReadyError.
    """
    question.check()
    if not 0 < len(codes) <= MOST_CODES:
        raise BatchError
    view = snapshot.snapshot.view()
    wanted = [uscc.normalize(code) for code in codes]
    size, unknown = view.ledger_size, frozenset[str]()
    if question.known_at is not None:
        size = _size(question.known_at, reached=size)
        unknown = history.list_unknown(wanted, known_at=ledger.moment_of(size))
    told = rendering.batch(
        view,
        codes=wanted,
        matter=question.matter,
        on=question.on,
        ledger_size=size,
        unknown=unknown,
    )
    if told.looked_up:
        _record(asker, question, told.looked_up, size, at=at)
    return told.text


def _known_then(code: str, on: date, size: int) -> Registered:
    """Return what the register knew of a code at a size of the ledger, about a day."""
    then = history.as_of(code, on=on, known_at=ledger.moment_of(size))
    if then is None:
        return Registered(None, None)
    is_borne = then.uscc == code
    return Registered(
        then.status if is_borne else None, None if is_borne else then.uscc
    )


def asker_of(actor: Actor) -> Asker:
    """Return an official of a unit as the one who asks at the desk.

    Raises:
        NotAllowedError: for someone of no unit who does not see them all.
    """
    if not actor.units and not actor.sees_all_units:
        raise NotAllowedError("look an organization up")
    return Asker(actor.account_id, min(actor.units, default=None), Channel.DESK)


def asker_with(key: KeyView, *, matter: str, channel: str) -> Asker:
    """Return the machine of a unit as the one who asks.

    Raises:
        NotAllowedError: where the key is not for this matter.
        UnknownMatterError: where there is no such matter.
    """
    if matter not in _matters():
        raise UnknownMatterError(matter)
    if matter not in key.matters:
        raise NotAllowedError(f"look up in {matter}")
    return Asker(key.account_id, key.unit, channel)


def _find_fault(code: str) -> str | None:
    """Return why an unknown text can't be looked up, null where it is a code."""
    if personal_id.find_embedded(code) is not None:
        return "PERSONAL_ID"
    return uscc.reason(code)


def _invalid(code: str, failed: str) -> str:
    """Return what is said about a text that is no code; a person's is not repeated."""
    if failed == "PERSONAL_ID":
        return rendering.invalid(code=None, reason=failed, suggestions=())
    found = suggestions.suggest(code=code, name="").codes
    return rendering.invalid(
        code=code, reason=failed, suggestions=tuple(each.code for each in found)
    )


def _size(known_at: int, *, reached: int) -> int:
    if not 0 <= known_at <= reached:
        raise FutureSizeError
    return known_at


def _record(
    asker: Asker,
    question: Question,
    codes: tuple[str, ...],
    ledger_size: int,
    *,
    at: datetime,
) -> None:
    uses.recorder.record(
        Use(
            at=at,
            channel=asker.channel,
            asker=asker.account_id,
            unit=asker.unit,
            matter=question.matter,
            purpose=question.purpose.strip(),
            codes=codes,
            ledger_size=ledger_size,
        )
    )
