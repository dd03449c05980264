"""Slips of the pen in a unified code: what happened between a code and a text.

    substitution     another character stands there         8 -> 7
    look-alike       one that is easily taken for it        8 -> B, 0 -> O
    transposition    two neighbors changed places           12 -> 21
    surplus          a character too many                   12 -> 132
    missing          a character too few                    132 -> 12

A slip of any kind changes at least one of the two check characters, but for a few of
those in the organization code, so it is noticed; which one it was, is a guess that is
weighed in `xinheng.core.linkage.repair`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from xinheng.core.identifiers import uscc

MOST_SLIPS = 2

# Characters that are taken for each other by eye, by ear of the standard (which leaves
# out I, O, S, V and Z for that reason) or by a scanner.
_LOOK_ALIKE_GROUPS = ("0ODQ", "1ILT", "17", "2Z", "5S", "8B", "6G", "UVY", "MN", "EF")
LOOK_ALIKES = frozenset(
    (one, other)
    for group in _LOOK_ALIKE_GROUPS
    for one in group
    for other in group
    if one != other
)


class Slip(StrEnum):
    """What a slip does to a code; the values are stable reason codes."""

    SUBSTITUTION = "SUBSTITUTION"
    LOOK_ALIKE = "LOOK_ALIKE"
    CHECK_CHARACTER = "CHECK_CHARACTER"  # a substitution of the last character
    TRANSPOSITION = "TRANSPOSITION"
    SURPLUS = "SURPLUS"
    MISSING = "MISSING"


# How unlikely a slip is; only their order matters. Of the wrong codes of a real
# register three in four are wrong in the last character alone: registries computed or
# printed it so, Y for 1 above all.
COSTS = {
    Slip.CHECK_CHARACTER: 1,
    Slip.LOOK_ALIKE: 2,
    Slip.TRANSPOSITION: 3,
    Slip.SUBSTITUTION: 4,
    Slip.SURPLUS: 4,
    Slip.MISSING: 4,
}


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """One slip: at `place` (from 1) of the code `intended` became `written`.

    One of the two is empty where a character was missing or too many; both hold two
    characters for a transposition.
    """

    place: int
    slip: Slip
    intended: str
    written: str

    @property
    def cost(self) -> int:
        """How unlikely the slip is; only comparisons mean anything."""
        return COSTS[self.slip]


def between(text: str, code: str, *, most: int = MOST_SLIPS) -> tuple[Step, ...] | None:
    """Return the fewest slips that made `text` of `code`, null for more than `most`.

    Among equally many, those that are the least unlikely. `code` has 18 characters;
    slips may follow each other at one place.
    """
    return _between(text, code, 0, most)


def undone(text: str) -> Iterator[str]:
    """Yield every text of 18 characters that one slip may have made `text` of.

    Some twice; `text` itself not at all. Characters are those of the code's alphabet
    wherever a slip is undone, and those of `text` elsewhere.
    """
    if len(text) == uscc.LENGTH:
        yield from _without_substitution(text)
        yield from _without_transposition(text)
    elif len(text) == uscc.LENGTH + 1:
        for place in range(len(text)):
            yield text[:place] + text[place + 1 :]
    elif len(text) == uscc.LENGTH - 1:
        for place in range(uscc.LENGTH):
            for character in uscc.ALPHABET:
                yield text[:place] + character + text[place:]


def _without_substitution(text: str) -> Iterator[str]:
    for place, written in enumerate(text):
        for character in uscc.ALPHABET:
            if character != written:
                yield text[:place] + character + text[place + 1 :]


def _without_transposition(text: str) -> Iterator[str]:
    for place in range(len(text) - 1):
        left, right = text[place], text[place + 1]
        if left != right:
            yield text[:place] + right + left + text[place + 2 :]


def _between(text: str, code: str, place: int, most: int) -> tuple[Step, ...] | None:
    """Compare what is left of both; `place` characters of the code are explained."""
    if abs(len(text) - len(code)) > most:
        return None
    while text and code and text[0] == code[0]:
        text, code, place = text[1:], code[1:], place + 1
    if not text and not code:
        return ()
    if not most:
        return None
    found = list(_explained(text, code, place, most))
    return min(found, key=_unlikeliness, default=None)


def _unlikeliness(steps: tuple[Step, ...]) -> tuple[int, int, tuple[Step, ...]]:
    return len(steps), sum(step.cost for step in steps), steps


def _explained(
    text: str, code: str, place: int, most: int
) -> Iterator[tuple[Step, ...]]:
    """Yield the explanations that begin where text and code first differ."""
    for taken, given, first in _first_steps(text, code, place):
        rest = _between(text[taken:], code[given:], place + given, most - len(first))
        if rest is not None and len(first) <= most:
            yield (*first, *rest)


def _first_steps(
    text: str, code: str, place: int
) -> Iterator[tuple[int, int, tuple[Step, ...]]]:
    """Yield how many characters of text and code the next slips use up, and the slips.

    A character may have come between, or vanished from between, two that changed
    places.
    """
    here = place + 1
    if text and code:
        yield 1, 1, (_substitution(here, code[0], text[0]),)
    if text:
        yield 1, 0, (Step(here, Slip.SURPLUS, "", text[0]),)
    if code:
        yield 0, 1, (Step(here, Slip.MISSING, code[0], ""),)
    if len(text) > 1 and text[:2] == code[1::-1]:
        yield 2, 2, (_transposition(here, code[:2]),)
    if len(text) > 2 and len(code) > 1 and text[0] + text[2] == code[1::-1]:
        surplus = Step(here + 1, Slip.SURPLUS, "", text[1])
        yield 3, 2, (_transposition(here, code[:2]), surplus)
    if len(text) > 1 and len(code) > 2 and text[:2] == code[2] + code[0]:
        missing = Step(here + 1, Slip.MISSING, code[1], "")
        yield 2, 3, (_transposition(here, code[0] + code[2]), missing)


def _substitution(place: int, intended: str, written: str) -> Step:
    slip = Slip.SUBSTITUTION
    if place == uscc.LENGTH:
        slip = Slip.CHECK_CHARACTER
    elif (intended, written) in LOOK_ALIKES:
        slip = Slip.LOOK_ALIKE
    return Step(place, slip, intended, written)


def _transposition(place: int, pair: str) -> Step:
    return Step(place, Slip.TRANSPOSITION, pair, pair[::-1])
