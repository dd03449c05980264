"""Organizations that a name may mean, with reasons; nothing is linked here.

The index gives the names that are alike, `xinheng.core.linkage.names` says how each
differs, and what the register knows settles the rest: a name that two organizations
bear, now or formerly, is the same as neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache

import pypinyin

from xinheng.core.disclosures import names as disclosed
from xinheng.core.linkage import names
from xinheng.core.linkage.name_parts import LONGEST_NAME, NameReader, Vocabulary
from xinheng.core.linkage.names import Difference, Ear, Reason, Verdict
from xinheng.pipeline.linkage.folding import fold
from xinheng.pipeline.linkage.name_index import NameIndex, NameRow
from xinheng.rulebook import division_names, legal_forms

LONGEST_QUERY = LONGEST_NAME  # what is longer is no name
SHORTEST_QUERY = 2  # characters, once folded
_AT_MOST = 5  # suggestions
_DIVISION_DIGITS = (6, 4, 2)
_READINGS_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An organization that the query may mean.

    `name` is the registered name that was found, `is_former` whether it was given up.
    `differences` are all reasons; none but SAME_NAME is also an answer.
    `division_digits` tells how far the organization's division is the query's: 6, 4 or
    2 digits, 0 where they differ or one is unknown.
    """

    code: str
    name: str
    is_former: bool
    verdict: Verdict
    differences: tuple[Difference, ...]
    division_digits: int

    @property
    def public_name(self) -> str | None:
        """The name that the public may see; null where only the code is shown."""
        is_sole = self.code.startswith(disclosed.SOLE_PROPRIETOR_PREFIX)
        return disclosed.public_name(self.name, is_sole_proprietor=is_sole)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a name may mean: the best suggestion first; none has none."""

    verdict: Verdict
    suggestions: tuple[Suggestion, ...] = ()


NOTHING = Answer(Verdict.NONE)
_EQUAL = (Difference(Reason.SAME_NAME),)
_Compared = list[tuple[NameRow, tuple[Difference, ...]]]


class NameMatcher:
    """Finds the organizations that names may mean, in one register."""

    def __init__(
        self, index: NameIndex, places: Mapping[str, tuple[str, ...]] | None = None
    ) -> None:
        """Read names with the places given, or else with the divisions of the country.

        `places` gives the division codes of a place's name, as
        `xinheng.rulebook.division_names` does; a city adds its development zones.
        """
        self._index = index
        self._reader = NameReader(vocabulary(places), fold)
        self._readings = lru_cache(maxsize=_READINGS_KEPT)(self._reader.readings)
        self._ear = Ear(index.is_known_pair, sound_alike)

    def suggest(self, name: str, division: str | None = None) -> Answer:
        """Return the organizations that the name may mean; never raises.

        `division`, six digits, is where the organization is likely to be: that of the
        unit that wrote the name, or of the code that came with it. It orders the
        suggestions and never excludes one.
        """
        if len(name) > LONGEST_QUERY or len(folded := fold(name)) < SHORTEST_QUERY:
            return NOTHING
        exact = [
            row
            for row in self._index.rows(self._index.bearing(folded))
            if fold(row.name) == folded
        ]
        if exact:
            alike: _Compared = [(row, _EQUAL) for row in exact]
        else:
            alike = self._compared(name, folded, division)
        return _answer(
            _suggestion(row, differences, division) for row, differences in alike
        )

    def _compared(self, name: str, folded: str, division: str | None) -> _Compared:
        query = self._reader.readings(name)
        bodies = {parts.core + parts.form for parts in query}
        places = {
            *self._index.alike(folded, *bodies, division=division).tolist(),
            *self._index.bearing(*names.one_slip_away(folded)).tolist(),
        }
        return [
            (row, differences)
            for row in self._index.rows(sorted(places))
            if (
                differences := names.compare(
                    query, self._readings(row.name), self._ear, division=row.division
                )
            )
            is not None
        ]


def vocabulary(places: Mapping[str, tuple[str, ...]] | None = None) -> Vocabulary:
    """Return the words of the rulebook, folded, with these places or the country's."""
    known = division_names.load() if places is None else places
    return Vocabulary(
        forms={fold(word): name for word, name in legal_forms.classes().items()},
        branch_endings=tuple(map(fold, legal_forms.branch_endings())),
        places={fold(place): tuple(codes) for place, codes in known.items()},
    )


def sound_alike(one: str, other: str) -> bool:
    """Return whether two characters are read alike, tones and rare readings aside."""
    return _sound(one) == _sound(other) is not None


@cache
def _sound(character: str) -> str | None:
    read = pypinyin.lazy_pinyin(character, errors="ignore")
    return read[0] if read else None


def _suggestion(
    row: NameRow, differences: tuple[Difference, ...], division: str | None
) -> Suggestion:
    if row.is_former:
        differences = (*differences, Difference(Reason.FORMER_NAME))
    return Suggestion(
        row.code,
        row.name,
        row.is_former,
        names.verdict(
            each for each in differences if each.reason is not Reason.FORMER_NAME
        ),
        differences,
        _shared_digits(division, row.division),
    )


def _shared_digits(one: str | None, other: str | None) -> int:
    if one is None or other is None:
        return 0
    return next((n for n in _DIVISION_DIGITS if one[:n] == other[:n]), 0)


def _answer(suggestions: Iterable[Suggestion]) -> Answer:
    best: dict[str, Suggestion] = {}
    for suggestion in sorted(suggestions, key=_rank):
        best.setdefault(suggestion.code, suggestion)
    ranked = list(best.values())
    same = [each for each in ranked if each.verdict is Verdict.SAME]
    if len(same) > 1:
        ranked = [_shared(each) for each in ranked]
    if not ranked:
        return NOTHING
    return Answer(ranked[0].verdict, tuple(ranked[:_AT_MOST]))


def _shared(suggestion: Suggestion) -> Suggestion:
    if suggestion.verdict is not Verdict.SAME:
        return suggestion
    differences = (*suggestion.differences, Difference(Reason.SHARED_NAME))
    return replace(suggestion, verdict=Verdict.POSSIBLE, differences=differences)


def _rank(suggestion: Suggestion) -> tuple[bool, tuple[int, ...], int, str, str]:
    return (
        suggestion.verdict is not Verdict.SAME,
        names.weight(suggestion.differences),
        -suggestion.division_digits,
        suggestion.code,
        suggestion.name,
    )
