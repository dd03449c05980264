"""Whether two names mean one organization: same, possible or not, and why.

| verdict | when |
|---|---|
| same | only the writing differs: width, brackets, traditional characters, |
| | 有限责任公司 for 有限公司, 营口 for 营口市 |
| possible | one slip; another form; a place moved, wider or left out; a branch of it |
| none | anything else: another trade name, another place, another number |

"Same" is a statement about the names. Whether it holds for the organization is for the
register to say: where two organizations bear the name, it is possible for both.

A character put for another may be a slip or another name. It is taken for a slip where
the two sound alike, or where the register holds no other name with these neighbors;
otherwise the name reads like one of its own (宝邦, 安邦) and nothing is suggested.

Source: ours; no text of law says when two names are one. That 有限公司 and 有限责任公司
are one form: Company Law, article 7 (2023 edition).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from xinheng.core.linkage.name_parts import NameParts, is_related, numbers, pairs

SHORTEST_WITH_SLIP = 5  # characters: below, one slip makes any name of any other


class Verdict(StrEnum):
    """What a comparison says."""

    SAME = "same"
    POSSIBLE = "possible"
    NONE = "none"


class Reason(StrEnum):
    """Where two names agree or differ, the smallest difference first."""

    SAME_NAME = "SAME_NAME"
    FORM_WRITTEN = "FORM_WRITTEN"
    PLACE_WRITTEN = "PLACE_WRITTEN"
    FORMER_NAME = "FORMER_NAME"
    SHARED_NAME = "SHARED_NAME"
    PLACE_MOVED = "PLACE_MOVED"
    FORM_MISSING = "FORM_MISSING"
    FORM_DIFFERS = "FORM_DIFFERS"
    PLACE_WIDER = "PLACE_WIDER"
    SLIP_SOUND = "SLIP_SOUND"
    SLIP_SWAPPED = "SLIP_SWAPPED"
    SLIP_DROPPED = "SLIP_DROPPED"
    SLIP_ADDED = "SLIP_ADDED"
    SLIP_SUBSTITUTED = "SLIP_SUBSTITUTED"
    PLACE_ADDED = "PLACE_ADDED"
    PLACE_MISSING = "PLACE_MISSING"
    PARENT = "PARENT"


# Only the writing differs.
_HARMLESS = frozenset({Reason.SAME_NAME, Reason.FORM_WRITTEN, Reason.PLACE_WRITTEN})
_ORDER = {reason: place for place, reason in enumerate(Reason)}


@dataclass(frozen=True, slots=True)
class Difference:
    """A reason, with what the query and the register write there; may be empty."""

    reason: Reason
    query: str = ""
    register: str = ""


@dataclass(frozen=True, slots=True)
class Slip:
    """The one slip between two texts; `at` is its place in the first."""

    reason: Reason
    query: str
    register: str
    at: int


@dataclass(frozen=True, slots=True)
class Ear:
    """What tells a slip from another name.

    `is_known_pair` says whether any registered name has these two characters side by
    side, `sounds_alike` whether two characters are read alike.
    """

    is_known_pair: Callable[[str], bool]
    sounds_alike: Callable[[str, str], bool]


def verdict(differences: Iterable[Difference] | None) -> Verdict:
    """Return what the differences amount to; null stands for two different names."""
    if differences is None:
        return Verdict.NONE
    is_harmless = {difference.reason for difference in differences} <= _HARMLESS
    return Verdict.SAME if is_harmless else Verdict.POSSIBLE


def weight(differences: Iterable[Difference]) -> tuple[int, ...]:
    """Return how grave the differences are, for sorting: the gravest counts first."""
    return tuple(sorted((_ORDER[each.reason] for each in differences), reverse=True))


def compare(
    query: tuple[NameParts, ...],
    candidate: tuple[NameParts, ...],
    ear: Ear,
    *,
    division: str | None = None,
) -> tuple[Difference, ...] | None:
    """Return how two names differ, null where they mean different organizations.

    Both come with all their readings. `division` is the candidate's, six digits.
    """
    if query[0].text == candidate[0].text:
        return (Difference(Reason.SAME_NAME),)
    answers = [
        answer
        for one in query
        for other in candidate
        if (answer := _by_parts(one, other, ear, division)) is not None
    ]
    if not answers and (slip := _slip(query[0].text, candidate[0].text, ear)):
        answers = [(slip,)]
    return min(answers, key=weight, default=None)


def find_slip(query: str, register: str) -> Slip | None:
    """Return the one slip that makes the query of the registered text, or null.

    A character put for another, added, dropped, or two neighbors swapped.
    """
    if abs(len(query) - len(register)) > 1:
        return None
    start = _common(query, register)
    end = _common(query[start:][::-1], register[start:][::-1])
    written = query[start : len(query) - end]
    right = register[start : len(register) - end]
    reason = {
        (1, 1): Reason.SLIP_SUBSTITUTED,
        (1, 0): Reason.SLIP_ADDED,
        (0, 1): Reason.SLIP_DROPPED,
    }.get((len(written), len(right)))
    if len(written) == 2 and written == right[::-1]:
        reason = Reason.SLIP_SWAPPED
    return Slip(reason, written, right, start) if reason else None


def one_slip_away(text: str) -> Iterator[str]:
    """Yield what the text may have been before two neighbors were swapped or one added.

    The other slips can't be undone without knowing what was meant.
    """
    for at in range(len(text)):
        yield text[:at] + text[at + 1 :]
        yield text[:at] + text[at + 1 : at + 2] + text[at] + text[at + 2 :]


def _common(one: str, other: str) -> int:
    length = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        length += 1
    return length


def _by_parts(
    query: NameParts, other: NameParts, ear: Ear, division: str | None
) -> tuple[Difference, ...] | None:
    branch = _branches(query, other)
    place = None if branch is None else _places(query, other, division)
    core = None if place is None else _cores(query, other, ear)
    if branch is None or place is None or core is None:
        return None
    # All parts alike, and yet not the text: something stands elsewhere.
    moved = Difference(Reason.PLACE_MOVED, query.stem, other.stem)
    return branch + core + place + _forms(query, other) or (moved,)


def _branches(query: NameParts, other: NameParts) -> tuple[Difference, ...] | None:
    if query.branch == other.branch:
        return ()
    if other.branch:
        return None
    return (Difference(Reason.PARENT, query.branch),)


def _cores(
    query: NameParts, other: NameParts, ear: Ear
) -> tuple[Difference, ...] | None:
    if query.core == other.core:
        return ()
    slip = _slip(query.core, other.core, ear)
    return (slip,) if slip else None


def _places(
    query: NameParts, other: NameParts, division: str | None
) -> tuple[Difference, ...] | None:
    written = "".join(query.places), "".join(other.places)
    if query.places and other.places:
        return _two_places(query, other, written)
    if other.places:
        return (Difference(Reason.PLACE_MISSING, *written),)
    if not query.places:
        return ()
    if division and not is_related(query.codes, frozenset([division])):
        return None
    return (Difference(Reason.PLACE_ADDED, *written),)


def _two_places(
    query: NameParts, other: NameParts, written: tuple[str, str]
) -> tuple[Difference, ...] | None:
    if not is_related(query.codes, other.codes):
        return None
    if query.stem != other.stem:
        is_nested = query.stems <= other.stems or other.stems <= query.stems
        return (Difference(Reason.PLACE_WIDER, *written),) if is_nested else None
    if query.is_place_inside != other.is_place_inside:
        return (Difference(Reason.PLACE_MOVED, *written),)
    if query.places == other.places:
        return ()
    # 和平区 alone may be in many cities; 营口 and 营口市 are one.
    is_one_place = _is_one_place(query.codes | other.codes)
    reason = Reason.PLACE_WRITTEN if is_one_place else Reason.PLACE_WIDER
    return (Difference(reason, *written),)


def _is_one_place(codes: frozenset[str]) -> bool:
    outer = min(codes, key=len)
    return all(code.startswith(outer) for code in codes)


def _forms(query: NameParts, other: NameParts) -> tuple[Difference, ...]:
    if query.form == other.form:
        return ()
    if not query.form or not other.form:
        reason = Reason.FORM_MISSING
    elif query.form_class == other.form_class:
        reason = Reason.FORM_WRITTEN
    else:
        reason = Reason.FORM_DIFFERS
    return (Difference(reason, query.form, other.form),)


def _slip(query: str, register: str, ear: Ear) -> Difference | None:
    if min(len(query), len(register)) < SHORTEST_WITH_SLIP - 1:
        return None
    slip = find_slip(query, register)
    if slip is None or numbers(query) != numbers(register):
        return None
    return _heard(slip, query, ear)


def _heard(slip: Slip, query: str, ear: Ear) -> Difference | None:
    """Return the slip as a difference, null where the name reads like its own."""
    difference = Difference(slip.reason, slip.query, slip.register)
    if slip.reason in (Reason.SLIP_DROPPED, Reason.SLIP_SWAPPED):
        return difference
    if slip.reason is Reason.SLIP_SUBSTITUTED:
        if ear.sounds_alike(slip.query, slip.register):
            return Difference(Reason.SLIP_SOUND, slip.query, slip.register)
    elif slip.query in query[max(0, slip.at - 1) : slip.at]:
        return difference  # written twice
    around = query[max(0, slip.at - 1) : slip.at + 2]
    return None if all(map(ear.is_known_pair, pairs(around))) else difference
