"""What a damaged code may have been: candidates, their order, and the reasons.

A candidate is a code of which one slip, or two where a register holds it, made the
text. It passes both check characters and is nobody's identity number. One that no
register holds needs its first eight characters as written, or a known authority, kind
and division: of the 575 texts that one slip may come from, two or three pass.

The order: held by the register; named alike, where a name is at hand; fewest slips;
least unlikely slips. A suggestion is certain only if the register holds it, nothing
else that it holds is as near, and there is only one slip or the name is the same; a
name at hand must agree in any case. It never applies itself.

A text that may be the number of a person gets no suggestion at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from xinheng.core.identifiers import document_number, uscc
from xinheng.core.linkage import slips
from xinheng.core.linkage.slips import Step
from xinheng.core.screening import personal_id

# From this likeness on (0 to 1) two names agree: a word in five may differ.
AGREEING = 0.6
PREFIX = 8  # characters: authority, kind, division
SHORTEST, LONGEST = uscc.LENGTH - slips.MOST_SLIPS, uscc.LENGTH + slips.MOST_SLIPS

# What people put between the parts of a code, besides what `document_number` drops.
MARKS = personal_id.SEPARATORS + "'\"`"
_UNMARKED = str.maketrans("", "", MARKS)
_PERSON_CHECKS = personal_id.CHECK_CHARACTERS


class Reason(StrEnum):
    """Why a code is suggested, besides its slips; stable codes."""

    WIDTH = "WIDTH"  # full-width characters, blanks or marks hid it
    HELD = "HELD"  # the register holds it
    NOT_HELD = "NOT_HELD"
    SAME_NAME = "SAME_NAME"  # the register holds it under this name
    LIKE_NAME = "LIKE_NAME"
    OTHER_NAME = "OTHER_NAME"
    SEVERAL = "SEVERAL"  # another code is as likely


# Not held; how far the name is off (0 same, 1 alike, 2 other); slips; unlikeliness.
Level = tuple[bool, int, int, int]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A code that the text may have been, and the names that the register has for it.

    `names` are folded for comparison, and empty where the register does not hold it.
    """

    code: str
    is_held: bool = False
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A code that a person may choose, and why.

    `likeness` is that of the nearest name (0 to 1), null where no name is at hand or
    the register does not hold the code.
    """

    code: str
    steps: tuple[Step, ...]
    is_held: bool
    likeness: float | None
    reasons: tuple[Reason, ...]
    is_certain: bool

    @property
    def agrees(self) -> bool:
        """Whether a name at hand agrees with one that the register holds."""
        return self.likeness is not None and self.likeness >= AGREEING

    @property
    def is_one_of_several(self) -> bool:
        """Whether another code is as likely."""
        return Reason.SEVERAL in self.reasons

    @property
    def level(self) -> Level:
        """What is compared first: lower is likelier, equal is as likely."""
        distance = 2 - self.agrees - (self.likeness == 1.0)
        unlikeliness = sum(step.cost for step in self.steps)
        return not self.is_held, distance, len(self.steps), unlikeliness


def folded(text: str) -> str:
    """Return the text in narrow capitals, without blanks and marks between."""
    return document_number.normalize(text).translate(_UNMARKED)


def may_be_person(text: str) -> bool:
    """Tell whether the text is, or may be a slip of, the number of a person.

    Also where its check character is wrong: a mistyped number is a number all the same.
    """
    if personal_id.find_embedded(text) is not None:
        return True
    code = folded(text)
    bodies = (code[at : at + 17] for at in range(max(0, len(code) - 16)))
    return any(
        personal_id.is_resident_id_18(body + check)
        for body in bodies
        if body.isascii() and body.isdigit()
        for check in _PERSON_CHECKS
    )


def is_repairable(text: str) -> bool:
    """Tell whether anything is suggested for the text: it is damaged and no person's.

    `text` as `uscc.normalize` gives it.
    """
    return (
        SHORTEST <= len(folded(text)) <= LONGEST
        and uscc.reason(text) is not None
        and not may_be_person(text)
    )


def is_possible(code: str) -> bool:
    """Tell whether the code passes both checks and is nobody's identity number."""
    return uscc.reason(code) is None and personal_id.find_embedded(code) is None


def is_likely(code: str, text: str, divisions: Collection[str]) -> bool:
    """Tell whether a code that no register holds is worth to be suggested for a text.

    Its first eight characters are as written, or a known authority, kind and division.
    """
    if code[:PREFIX] == text[:PREFIX]:
        return True
    return uscc.is_known_authority_and_kind(code) and code[2:PREFIX] in divisions


def candidates(
    text: str, *, held: Collection[str], divisions: Collection[str], most: int
) -> frozenset[str]:
    """Return the codes that at most so many slips may have made the text of.

    Two slips are undone only towards codes that the register holds. This is the
    reference: `xinheng.pipeline.linkage.code_index` finds the same in a large register.
    """
    if not is_repairable(text):
        return frozenset()
    code = folded(text)
    near = {code, *slips.undone(code)}
    found = {
        each
        for each in near
        if is_possible(each) and (each in held or is_likely(each, code, divisions))
    }
    if most > 1:
        far = (each for each in held if slips.between(code, each) is not None)
        found.update(filter(is_possible, far))
    return frozenset(found)


def suggest(
    text: str, found: Iterable[Candidate], *, name: str | None
) -> tuple[Suggestion, ...]:
    """Return what the candidates suggest for the text, likeliest first.

    `name`, folded for comparison, is the name that stands beside the text. Candidates
    that two slips don't explain are left out.
    """
    code = folded(text)
    is_folded = code != text
    drawn = [_drawn(code, each, name, is_folded=is_folded) for each in found]
    ordered = sorted(filter(None, drawn), key=_order)
    return tuple(_told(ordered, has_name=name is not None))


def likeness(one: str, other: str) -> float:
    """Return how alike two folded names are: the share of neighbors in common, 0 to 1.

    Dice's coefficient of character pairs, each name with a mark at either end.
    """
    if one == other:
        return 1.0
    left, right = _pairs(one), _pairs(other)
    return 2 * len(left & right) / (len(left) + len(right))


def _pairs(name: str) -> set[str]:
    marked = f"\0{name}\0"
    return {marked[at : at + 2] for at in range(len(marked) - 1)}


def _drawn(
    code: str, candidate: Candidate, name: str | None, *, is_folded: bool
) -> Suggestion | None:
    steps = slips.between(code, candidate.code)
    if steps is None:
        return None
    alike = None
    if name is not None and candidate.is_held:
        alike = max((likeness(name, each) for each in candidate.names), default=None)
    reasons = [Reason.WIDTH] if is_folded else []
    reasons += [Reason.HELD if candidate.is_held else Reason.NOT_HELD]
    reasons += _about_name(alike)
    return Suggestion(
        candidate.code, steps, candidate.is_held, alike, tuple(reasons), False
    )


def _about_name(alike: float | None) -> list[Reason]:
    if alike is None:
        return []
    if alike == 1.0:
        return [Reason.SAME_NAME]
    return [Reason.LIKE_NAME if alike >= AGREEING else Reason.OTHER_NAME]


def _order(suggestion: Suggestion) -> tuple[Level, float, str]:
    return suggestion.level, -(suggestion.likeness or 0.0), suggestion.code


def _told(ordered: Sequence[Suggestion], *, has_name: bool) -> Iterator[Suggestion]:
    """Add what only the comparison with the others tells."""
    for each in ordered:
        is_several = any(
            other.level == each.level for other in ordered if other is not each
        )
        yield Suggestion(
            each.code,
            each.steps,
            each.is_held,
            each.likeness,
            (*each.reasons, Reason.SEVERAL) if is_several else each.reasons,
            each is ordered[0] and _is_certain(each, ordered, has_name=has_name),
        )


def _is_certain(
    first: Suggestion, ordered: Sequence[Suggestion], *, has_name: bool
) -> bool:
    is_contradicted = has_name and not first.agrees
    is_supported = len(first.steps) <= 1 or Reason.SAME_NAME in first.reasons
    as_near = [
        other
        for other in ordered
        if other.level[:2] <= first.level[:2] and len(other.steps) <= len(first.steps)
    ]
    is_alone = len(as_near) == 1
    return first.is_held and is_supported and is_alone and not is_contradicted
