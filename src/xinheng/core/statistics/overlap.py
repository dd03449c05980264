"""Categories are views on cases: the organizations behind a unit's columns, once each.

Five columns may count the same sixteen firms. The columns stay as they are; beside them
stands how many distinct organizations there are, and how many columns share them.

`members` is what a unit's organizations are found in: a pattern of columns, with the
number of organizations that are in exactly these columns and in no other.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Pattern = frozenset[str]
MOST_SHARED = 5


@dataclass(frozen=True, slots=True)
class Shared:
    """`organizations` that are found in each of these columns, two or more of them."""

    columns: tuple[str, ...]
    organizations: int


@dataclass(frozen=True, slots=True)
class Overlap:
    """A unit's organizations: in each column, in all of them together, and shared.

    `by_column` counts distinct organizations; their sum exceeds `distinct` by what is
    counted more than once. `shared` has first what explains most of that.
    """

    unit: str
    by_column: tuple[tuple[str, int], ...]
    distinct: int
    shared: tuple[Shared, ...]

    @property
    def repeated(self) -> int:
        """How often an organization stands in one more column than its first."""
        return sum(count for _, count in self.by_column) - self.distinct


def find(
    members: Mapping[str, Mapping[Pattern, int]], *, order: tuple[str, ...]
) -> tuple[Overlap, ...]:
    """Return the overlap of each unit that has one, in the order of the mapping.

    `order` is the order of the columns.
    """
    overlaps = (_of_unit(unit, found, order) for unit, found in members.items())
    return tuple(each for each in overlaps if each.repeated)


def patterns(
    pairs: Iterable[tuple[str, str, str]],
) -> dict[str, Counter[Pattern]]:
    """Return the patterns of each unit from (unit, column, organization), any order."""
    columns: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for unit, column, organization in pairs:
        columns[unit, organization].add(column)
    found: defaultdict[str, Counter[Pattern]] = defaultdict(Counter)
    for (unit, _), of_one in columns.items():
        found[unit][frozenset(of_one)] += 1
    return dict(found)


def _of_unit(
    unit: str, found: Mapping[Pattern, int], order: tuple[str, ...]
) -> Overlap:
    by_column: Counter[str] = Counter()
    for pattern, count in found.items():
        by_column.update(dict.fromkeys(pattern, count))
    shared = [
        Shared(tuple(column for column in order if column in group), count)
        for group, count in _groups(found).items()
    ]
    shared.sort(key=lambda each: (-_explained(each), each.columns))
    return Overlap(
        unit=unit,
        by_column=tuple((each, by_column[each]) for each in order if by_column[each]),
        distinct=sum(found.values()),
        shared=tuple(shared[:MOST_SHARED]),
    )


def _groups(found: Mapping[Pattern, int]) -> dict[Pattern, int]:
    """Return the organizations in each group of columns that meet in some of them.

    A group is a pattern, or what two patterns have in common: sixteen firms of which
    seven are in one more column are still sixteen firms in five columns.
    """
    common = {one & other for one in found for other in found}
    return {
        group: sum(count for pattern, count in found.items() if group <= pattern)
        for group in common
        if len(group) > 1
    }


def _explained(shared: Shared) -> int:
    """Return how many of the repeated counts a group explains."""
    return (len(shared.columns) - 1) * shared.organizations
