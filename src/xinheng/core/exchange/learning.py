"""Learning: from what a target answers to a change of its profile.

A change touches the form only (limits, order of columns, format of days, characters
that are not taken), never which records are told. It is written as lines that a person
can read, and can be taken back.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from xinheng.core.exchange.profiles import DATE_FORMATS, Limits, Profile, Sheet

_NUMBER = re.compile(r"[0-9][0-9,]*")
_QUOTED = re.compile("[「“\"']([^「」“”\"']{1,40})[」”\"']")
_PATTERNS = {
    "yyyy-MM-dd": "%Y-%m-%d",
    "yyyy/MM/dd": "%Y/%m/%d",
    "yyyyMMdd": "%Y%m%d",
    "yyyy年MM月dd日": "%Y年%m月%d日",
    "yyyy.MM.dd": "%Y.%m.%d",
}
MOST_SUSPECTS = 6


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a profile: `before` and `after` as they are shown."""

    key: str
    before: str
    after: str
    why: str

    def lines(self) -> tuple[str, str]:
        """Return the change as two lines of a diff."""
        return f"- {self.key} = {self.before}", f"+ {self.key} = {self.after}"


def number_in(message: str, *, below: int) -> int | None:
    """Return the largest number below a bound that a message names, null for none."""
    found = [int(each.replace(",", "")) for each in _NUMBER.findall(message)]
    return max((each for each in found if 0 < each < below), default=None)


def date_format_in(message: str) -> str | None:
    """Return the format of days that a message asks for, as Python writes it."""
    for pattern in sorted(_PATTERNS, key=len, reverse=True):
        if pattern in message:
            return _PATTERNS[pattern]
    return None


def characters_in(message: str) -> tuple[str, ...]:
    """Return the single characters that a message puts in quotes."""
    return tuple(each for each in _QUOTED.findall(message) if len(each) == 1)


def with_rows(profile: Profile, most: int) -> Profile:
    """Return the profile with a limit of rows."""
    return replace(profile, limits=replace(profile.limits, rows=most))


def with_bytes(profile: Profile, most: int) -> Profile:
    """Return the profile with a limit of bytes."""
    return replace(profile, limits=replace(profile.limits, bytes=most))


def with_rate(profile: Profile, most: int) -> Profile:
    """Return the profile with a limit of packages a minute."""
    return replace(profile, limits=replace(profile.limits, per_minute=max(1, most)))


def with_date_format(profile: Profile, wanted: str) -> Profile:
    """Return the profile with another format of days."""
    return replace(profile, date_format=wanted)


def with_forbidden(profile: Profile, characters: Iterable[str]) -> Profile:
    """Return the profile without these characters."""
    every = sorted({*profile.forbidden, *characters})
    return replace(profile, forbidden=tuple(every))


def with_order(profile: Profile, sheet: Sheet, titles: Sequence[str]) -> Profile | None:
    """Return the profile with a sheet's columns in the target's order.

    Null where the target's header has other columns than ours: a person has to look.
    """
    if sorted(titles) != sorted(sheet.titles) or tuple(titles) == sheet.titles:
        return None
    by_title = {column.title: column for column in sheet.columns}
    moved = replace(sheet, columns=tuple(by_title[title] for title in titles))
    sheets = (moved if each is sheet else each for each in profile.sheets)
    return replace(profile, sheets=tuple(sheets))


def date_formats(profile: Profile) -> tuple[str, ...]:
    """Return the formats to try after the profile's own."""
    return tuple(each for each in DATE_FORMATS if each != profile.date_format)


def suspects(texts: Iterable[str], fine: Collection[str]) -> list[str]:
    """Return which characters may be the reason: none that was taken before.

    Letters, digits and Chinese characters are above suspicion; the rarest first.
    """
    found = {each for text in texts for each in text} - set(fine)
    return sorted(each for each in found if not each.isalnum())[:MOST_SUSPECTS]


def explaining(
    refused: Iterable[Iterable[str]], fine: Collection[str]
) -> tuple[str, ...]:
    """Return the fewest characters, roughly, that stand in many refused rows.

    `refused` are the cells of each row. Only characters that were never taken count; a
    row without any is left unexplained.
    """
    left = [set(suspects(cells, fine)) for cells in refused]
    chosen: list[str] = []
    while left := [found for found in left if found]:
        counted = Counter(each for found in left for each in found)
        best = min(counted, key=lambda each: (-counted[each], each))
        chosen.append(best)
        left = [found for found in left if best not in found]
    return tuple(sorted(chosen))


def changes(before: Profile, after: Profile, why: str) -> Iterator[Change]:
    """Yield what differs between two profiles of one target."""
    for name in ("date_format", "forbidden"):
        yield from _differing(name, getattr(before, name), getattr(after, name), why)
    for name in Limits.__slots__:
        old, new = getattr(before.limits, name), getattr(after.limits, name)
        yield from _differing(f"limits.{name}", old, new, why)
    for old_sheet, new_sheet in zip(before.sheets, after.sheets, strict=True):
        key = f"sheets.{old_sheet.dataset}.columns"
        yield from _differing(key, old_sheet.titles, new_sheet.titles, why)


def _differing(key: str, old: object, new: object, why: str) -> Iterator[Change]:
    if old != new:
        yield Change(key, _shown(old), _shown(new), why)


def _shown(value: object) -> str:
    if value is None:
        return "(none)"
    if isinstance(value, tuple):
        return "[" + ", ".join(repr(each) for each in value) + "]"
    return str(value)


@dataclass(frozen=True, slots=True)
class Learned:
    """What a target's profile differs in from the rulebook's: kept per target."""

    date_format: str | None = None
    forbidden: tuple[str, ...] = ()
    rows: int | None = None
    bytes: int | None = None
    per_minute: int | None = None
    orders: tuple[tuple[str, tuple[str, ...]], ...] = ()


def learned(base: Profile, now: Profile) -> Learned:
    """Return what a profile has learned beyond its base."""
    orders = tuple(
        (new.dataset, new.titles)
        for old, new in zip(base.sheets, now.sheets, strict=True)
        if old.titles != new.titles
    )
    return Learned(
        date_format=None if now.date_format == base.date_format else now.date_format,
        forbidden=tuple(sorted(set(now.forbidden) - set(base.forbidden))),
        rows=_new(base.limits.rows, now.limits.rows),
        bytes=_new(base.limits.bytes, now.limits.bytes),
        per_minute=_new(base.limits.per_minute, now.limits.per_minute),
        orders=orders,
    )


def applied(base: Profile, known: Learned) -> Profile:
    """Return the base with what was learned; an order that no longer fits is left."""
    profile = with_forbidden(base, known.forbidden)
    if known.date_format is not None:
        profile = with_date_format(profile, known.date_format)
    limits = Limits(
        known.rows or base.limits.rows,
        known.bytes or base.limits.bytes,
        known.per_minute or base.limits.per_minute,
    )
    profile = replace(profile, limits=limits)
    taken = {sheet.dataset for sheet in profile.sheets}
    for dataset, titles in known.orders:
        if dataset in taken:
            moved = with_order(profile, profile.sheet(dataset), titles)
            profile = moved or profile
    return profile


def _new(old: int | None, now: int | None) -> int | None:
    return None if old == now else now
