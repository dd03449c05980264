"""Plausibility: figures that are possible and not likely, so that a person is asked.

| doubt | what is seen |
|---|---|
| EQUAL_COUNTS | several columns of one unit have the same number in a month |
| COUNT_EXPLODED | a month has so many times the usual number of records |
| COUNT_COLLAPSED | a month that is over has so small a part of the usual number |
| SAME_DAY | every decision of a file bears the same date |
| FILE_AGAIN | a file was handed in before, for another month |

A doubt never refuses a row. The usual number is the median of the months that had any
record; with too few such months nothing is usual. The thresholds are data
(`rulebook/plausibility.toml`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median_low

from xinheng.core.catalog.datasets import Verification

EQUAL_COUNTS = "EQUAL_COUNTS"
COUNT_EXPLODED = "COUNT_EXPLODED"
COUNT_COLLAPSED = "COUNT_COLLAPSED"
SAME_DAY = "SAME_DAY"
FILE_AGAIN = "FILE_AGAIN"
CODES = (EQUAL_COUNTS, COUNT_EXPLODED, COUNT_COLLAPSED, SAME_DAY, FILE_AGAIN)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A plausibility rule: its threshold, and what it says to a person.

    `at_least` is the smallest number that can raise it: of equal columns, of records,
    of rows. The counts are held against `times` the usual number of the last `months`
    months, of which at least `known_months` must have a record; the three are null for
    doubts that know nothing usual. The texts may hold the keys of the doubt's details.
    """

    code: str
    message_zh: str
    message_en: str
    advice_zh: str
    advice_en: str
    at_least: int
    verification: Verification
    source: str
    times: int | None = None
    months: int | None = None
    known_months: int | None = None


@dataclass(frozen=True, slots=True)
class Equal:
    """`columns` that all have `count`, in their order."""

    count: int
    columns: tuple[str, ...]


def find_equal(counts: Mapping[str, int], *, at_least: int) -> Equal | None:
    """Return the columns with the same number above 0, null below `at_least` of them.

    Where several numbers occur so often, the most frequent one, then the largest.
    """
    by_count: dict[int, list[str]] = {}
    for column, count in counts.items():
        if count > 0:
            by_count.setdefault(count, []).append(column)
    if not by_count:
        return None
    count, columns = max(by_count.items(), key=lambda item: (len(item[1]), item[0]))
    return Equal(count, tuple(columns)) if len(columns) >= at_least else None


def usual(counts: Iterable[int], *, known_months: int) -> int | None:
    """Return the median of the months with records, null where they are too few.

    Of an even number of months it is the lower of the two in the middle.
    """
    known = [count for count in counts if count > 0]
    return median_low(known) if len(known) >= max(known_months, 1) else None


def has_exploded(count: int, *, usual: int, times: int, at_least: int) -> bool:
    """Return whether a month's number is `times` the usual one or more."""
    return count >= at_least and count >= times * usual


def has_collapsed(count: int, *, usual: int, times: int, at_least: int) -> bool:
    """Return whether a month's number is the `times`-th part of the usual or less.

    `at_least` bounds the usual number: among few records nothing is a collapse.
    """
    return usual >= at_least and count * times <= usual


def ranges(numbers: Iterable[int]) -> str:
    """Return whole numbers in order as a short text: `1-3,7`."""
    parts: list[list[int]] = []
    for number in sorted(set(numbers)):
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ",".join(
        str(first) if first == last else f"{first}-{last}" for first, last in parts
    )
