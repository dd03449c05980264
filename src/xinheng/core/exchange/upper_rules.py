"""The hidden rules of a simulated platform, drawn from a seed.

A platform that changes and does not say how: that is what an office meets. Each set of
rules combines at least four kinds; how much an answer tells is drawn too.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from xinheng.core.exchange.profiles import DATE_FORMATS, Profile

FEWEST = 4
DAY = 86_400.0
_SYMBOLS = "〔〕【】《》、；：＃＊％＆·—"


class Trouble(StrEnum):
    """What a platform may have in store."""

    ROWS = "rows"
    BYTES = "bytes"
    CHARACTERS = "characters"
    ORDER = "order"
    DATE = "date"
    RATE = "rate"
    MISMATCH = "mismatch"  # 1001: name and code don't agree with its register
    DUPLICATES = "duplicates"  # late: an answer comes again, as a refusal
    PARTIAL = "partial"
    TIMEOUT = "timeout"  # no answer, after it took the package or before
    LATE = "late"  # what became of the rows is told days later
    WRONG = "wrong"  # answers about other rows, or that are none


class Telling(StrEnum):
    """How much an answer says."""

    EXPLICIT = "explicit"  # the limit, the format, the character
    VAGUE = "vague"  # the kind of fault
    MUTE = "mute"  # that there is one


@dataclass(frozen=True, slots=True)
class Rules:
    """What a simulated platform holds its senders to; null where it doesn't."""

    seed: int
    troubles: frozenset[Trouble] = frozenset()
    telling: Telling = Telling.VAGUE
    rows: int | None = None
    bytes: int | None = None
    per_minute: int | None = None
    date_format: str | None = None
    forbidden: tuple[str, ...] = ()
    orders: tuple[tuple[str, tuple[str, ...]], ...] = ()
    mismatch_of: int | None = None  # one row of so many
    is_partial: bool = True
    timeout_of: int | None = None  # one package of so many
    late_seconds: float = 0.0
    wrong_of: int | None = None
    repeats: bool = False
    dedupes: bool = True
    codes: dict[str, str] = field(default_factory=dict)


def draw(
    seed: int, profile: Profile, *, troubles: Sequence[Trouble] | None = None
) -> Rules:
    """Return the rules of a seed for those who send by a profile.

    `troubles` null draws at least four kinds. The same seed gives the same rules.
    """
    chance = random.Random(seed)  # noqa: S311  (no secret, a repeatable world)
    kinds = list(Trouble)
    drawn = chance.sample(kinds, chance.randint(FEWEST, len(kinds)))
    chosen = frozenset(drawn if troubles is None else troubles)
    telling = chance.choice(
        [Telling.EXPLICIT, Telling.VAGUE, Telling.VAGUE, Telling.MUTE]
    )

    def of(trouble: Trouble, low: int, high: int) -> int | None:
        value = chance.randint(low, high)
        return value if trouble in chosen else None

    return Rules(
        seed=seed,
        troubles=chosen,
        telling=telling,
        rows=of(Trouble.ROWS, 7, 120),
        bytes=of(Trouble.BYTES, 4_000, 40_000),
        per_minute=of(Trouble.RATE, 3, 30),
        date_format=_date_format(chance, chosen),
        forbidden=_forbidden(chance, chosen),
        orders=_orders(chance, chosen, profile),
        mismatch_of=of(Trouble.MISMATCH, 15, 90),
        is_partial=Trouble.PARTIAL in chosen or Trouble.LATE in chosen,
        timeout_of=of(Trouble.TIMEOUT, 3, 9),
        late_seconds=float(of(Trouble.LATE, 1, 6) or 0) * DAY,
        wrong_of=of(Trouble.WRONG, 3, 9),
        repeats=Trouble.DUPLICATES in chosen,
        dedupes=chance.random() < 0.5,
    )


def _date_format(chance: random.Random, chosen: frozenset[Trouble]) -> str | None:
    wanted = chance.choice(DATE_FORMATS)
    return wanted if Trouble.DATE in chosen else None


def _forbidden(chance: random.Random, chosen: frozenset[Trouble]) -> tuple[str, ...]:
    wanted = chance.sample(_SYMBOLS, chance.randint(1, 2))
    return tuple(sorted(wanted)) if Trouble.CHARACTERS in chosen else ()


def _orders(
    chance: random.Random, chosen: frozenset[Trouble], profile: Profile
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    moved: list[tuple[str, tuple[str, ...]]] = []
    for sheet in profile.sheets:
        titles = list(sheet.titles)
        chance.shuffle(titles)
        moved.append((sheet.dataset, tuple(titles)))
    return tuple(moved) if Trouble.ORDER in chosen else ()
