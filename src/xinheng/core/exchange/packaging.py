"""Packages: rows in one order, cut to a target's limits, as bytes.

Rows that belong together stay in one package as long as they fit into one. The same
rows under the same profile give the same packages, byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import groupby

from xinheng.core.exchange import encoding, rows
from xinheng.core.exchange.encoding import Content
from xinheng.core.exchange.profiles import Form, Profile, Sheet
from xinheng.core.exchange.rows import Row

Encode = Callable[[Content], bytes]


class TooLargeRowError(ValueError):
    """One row alone is larger than what the target takes."""

    def __init__(self, row: Row) -> None:
        super().__init__(row.id)
        self.row = row


@dataclass(frozen=True, slots=True)
class Package:
    """What leaves at once; `keys` are what the target calls the rows, in order."""

    id: str
    dataset: str
    file_name: str
    rows: tuple[Row, ...]
    keys: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    data: bytes

    @property
    def sha256(self) -> str:
        """The digest of its bytes, in hex."""
        return sha256(self.data).hexdigest()


def order(chosen: Iterable[Row], sheet: Sheet) -> list[Row]:
    """Return rows in the order in which they leave: those that belong together first.

    A withdrawal leaves before what is put.
    """

    def place(row: Row) -> tuple[str, str, str, str]:
        group = row.values.get(sheet.together, "") if sheet.together else ""
        return group, rows.key_of(row, sheet), str(row.act.value != "withdraw"), row.id

    return sorted(chosen, key=place)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row can't go: its id here, a code, and the column, empty for the row."""

    row: str
    code: str
    column: str = ""


def sound(
    ordered: Sequence[Row], sheet: Sheet, profile: Profile
) -> tuple[list[Row], list[Fault]]:
    """Return the rows that can go, in order, and why the others can't.

    Of two rows that the target would call the same, the first goes.
    """
    room, seen = _Room(sheet, profile), set[str]()
    good: list[Row] = []
    bad: list[Fault] = []
    for row in ordered:
        fault = _fault(row, sheet, room, seen)
        if fault is None:
            good.append(row)
        else:
            bad.append(fault)
    return good, bad


def _fault(row: Row, sheet: Sheet, room: _Room, seen: set[str]) -> Fault | None:
    if row.act is rows.Act.PUT:
        for code, column in rows.faults(row, sheet):
            return Fault(row.id, code, column)
    if not room.takes([row]):
        return Fault(row.id, "R-SIZE")
    if row.act is rows.Act.PUT:
        key = rows.key_of(row, sheet)
        if key in seen:
            return Fault(row.id, "R-TWO-KEYS")
        seen.add(key)
    return None


def split(
    ordered: Sequence[Row], sheet: Sheet, profile: Profile
) -> Iterator[tuple[Row, ...]]:
    """Yield the rows of one package after the other, by the profile's limits.

    Raises:
        TooLargeRowError: where a row alone is too large.
    """
    room = _Room(sheet, profile)
    for group in _groups(ordered, sheet):
        if not room.is_empty and not room.takes(group):
            yield room.leave()
        for row in group:
            if not room.takes([row]):
                if room.is_empty:
                    raise TooLargeRowError(row)
                yield room.leave()
                if not room.takes([row]):
                    raise TooLargeRowError(row)
            room.put(row)
    if not room.is_empty:
        yield room.leave()


def build(
    chosen: Sequence[Row], sheet: Sheet, profile: Profile, write: Encode | None = None
) -> Package:
    """Return rows as a package; `write` writes a form that core does not.

    Raises:
        UnwritableError: where a cell can't be said in the profile's encoding.
    """
    cells = tuple(rows.cells(row, sheet, profile) for row in chosen)
    content = Content(sheet.dataset, "", sheet.titles, cells)
    name = _name(chosen, content, profile)
    content = replace(content, package=name)
    if write is None or profile.form is not Form.XLSX:
        data = encoding.encode(content, form=profile.form, encoding=profile.encoding)
    else:
        data = write(content)
    keys = tuple(rows.sent_key(each, sheet) for each in cells)
    file_name = profile.file_name.format(
        dataset=sheet.dataset, sheet=sheet.name, package=name, profile=profile.name
    )
    return Package(name, sheet.dataset, file_name, tuple(chosen), keys, cells, data)


def name_of(
    profile: Profile, dataset: str, digest: str, versions: Sequence[str]
) -> str:
    """Return a package's name, which says nothing: what it says, and of which versions.

    `digest` is the SHA-256 of the content as CSV in UTF-8, whatever the form;
    `versions` are `id@version` of the rows, in order.
    """
    parts = (profile.name, dataset, digest, *versions)
    return sha256("\x1f".join(parts).encode()).hexdigest()[:32]


def _name(chosen: Sequence[Row], content: Content, profile: Profile) -> str:
    text = encoding.encode(content, form=Form.CSV, encoding="utf-8")
    versions = [f"{row.id}@{row.version}" for row in chosen]
    return name_of(profile, content.dataset, sha256(text).hexdigest(), versions)


def _groups(ordered: Sequence[Row], sheet: Sheet) -> Iterator[list[Row]]:
    if sheet.together is None:
        yield from ([row] for row in ordered)
        return
    name = sheet.together
    for _, group in groupby(ordered, key=lambda row: row.values.get(name, "")):
        yield list(group)


class _Room:
    """The package that is being filled."""

    def __init__(self, sheet: Sheet, profile: Profile) -> None:
        self._sheet, self._profile = sheet, profile
        self._form = Form.CSV if profile.form is Form.XLSX else profile.form
        empty = Content(sheet.dataset, "0" * 32, sheet.titles, ())
        self._empty = len(
            encoding.encode(empty, form=self._form, encoding=profile.encoding)
        ) + len(str(profile.limits.rows or 0))
        self._rows: list[Row] = []
        self._bytes = self._empty
        self._sizes: dict[int, int] = {}

    @property
    def is_empty(self) -> bool:
        return not self._rows

    def takes(self, group: Sequence[Row]) -> bool:
        limits = self._profile.limits
        if limits.rows is not None and len(self._rows) + len(group) > limits.rows:
            return False
        if limits.bytes is None:
            return True
        return self._bytes + sum(map(self._size, group)) <= limits.bytes

    def put(self, row: Row) -> None:
        self._rows.append(row)
        if self._profile.limits.bytes is not None:
            self._bytes += self._size(row)

    def leave(self) -> tuple[Row, ...]:
        full, self._rows, self._bytes = tuple(self._rows), [], self._empty
        self._sizes.clear()
        return full

    def _size(self, row: Row) -> int:
        if id(row) not in self._sizes:
            cells = rows.cells(row, self._sheet, self._profile)
            self._sizes[id(row)] = encoding.row_bytes(
                cells, form=self._form, encoding=self._profile.encoding
            )
        return self._sizes[id(row)]
