"""A change of a profile that a person puts forward, and what a replay of it needs.

    wished      the whole of what differs from the rulebook, as one value
    decisive    a platform that wants exactly what a profile says, and says so

Nothing here is in force: who put a change forward does not adopt it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from xinheng.core.exchange import learning, profiles
from xinheng.core.exchange.learning import Learned
from xinheng.core.exchange.profiles import Limits, Problem, Profile
from xinheng.core.exchange.upper_rules import Rules, Telling


class Fault(StrEnum):
    """Why a proposal is not made, or not decided."""

    NO_CHANGE = "no_change"  # it says what is adopted already
    SAME_PERSON = "same_person"  # who put it forward does not adopt it
    NOT_REPLAYED = "not_replayed"
    STALE = "stale"  # something was learned since: the diff is another one
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asks for; null is what the rulebook has, or that there is none.

    `forbidden` are all the characters that are not to be sent.
    """

    rows: int | None
    bytes: int | None
    per_minute: int | None
    date_format: str
    forbidden: tuple[str, ...]


def wish_of(profile: Profile) -> Wish:
    """Return a profile's form as a wish: to begin a form with."""
    limits = profile.limits
    return Wish(
        limits.rows,
        limits.bytes,
        limits.per_minute,
        profile.date_format,
        profile.forbidden,
    )


def wished(base: Profile, now: Profile, wish: Wish) -> Profile:
    """Return the profile that is asked for: the columns are ordered as `now` has them.

    What the rulebook's profile forbids or limits stays where the wish says nothing.
    """
    limits = Limits(
        wish.rows or base.limits.rows,
        wish.bytes or base.limits.bytes,
        wish.per_minute or base.limits.per_minute,
    )
    forbidden = tuple(sorted({*base.forbidden, *wish.forbidden}))
    return replace(
        now, limits=limits, date_format=wish.date_format, forbidden=forbidden
    )


def problems(profile: Profile) -> Iterator[Problem]:
    """Yield what is impossible about the form of a profile that is asked for."""
    yield from profiles.form_problems(profile)


def overlay(base: Profile, wanted: Profile) -> Learned:
    """Return what a wanted profile differs in from the rulebook's."""
    return learning.learned(base, wanted)


def decisive(profile: Profile) -> Rules:
    """Return the rules of a platform that wants what the profile says, and no more."""
    return Rules(
        seed=0,
        telling=Telling.EXPLICIT,
        rows=profile.limits.rows,
        bytes=profile.limits.bytes,
        per_minute=profile.limits.per_minute,
        date_format=profile.date_format,
        forbidden=profile.forbidden,
        orders=tuple((sheet.dataset, sheet.titles) for sheet in profile.sheets),
        is_partial=True,
    )


def find_fault(
    *,
    proposed_by: str,
    decided_by: str,
    is_open: bool,
    is_replayed: bool,
    based_on: int,
    version: int,
) -> Fault | None:
    """Return why a person may not adopt a proposal, null where they may."""
    if not is_open:
        return Fault.DECIDED
    if decided_by == proposed_by:
        return Fault.SAME_PERSON
    if based_on != version:
        return Fault.STALE
    return None if is_replayed else Fault.NOT_REPLAYED
