"""What would be sent to a target now, as packages: for a person to look at or to carry.

Nothing is noted, unless the packages are handed over (`note_carried`): then their rows
count as sent, and wait for feedback. CSV is packed on columns, other forms by the core.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from xinheng.apps.exchange import learned, sending
from xinheng.apps.exchange.models import Obligation, TargetState, Trial
from xinheng.apps.exchange.targets import Target
from xinheng.apps.ledger import operations as ledger
from xinheng.core.exchange import packaging, states
from xinheng.core.exchange.encoding import UnwritableError
from xinheng.core.exchange.packaging import Fault, Package
from xinheng.core.exchange.profiles import ACTION, Profile, Sheet
from xinheng.core.exchange.rows import Row
from xinheng.core.exchange.states import OPEN, State
from xinheng.pipeline import exchange_packages
from xinheng.pipeline.exchange_packages import ACT, ID, VERSION

CARRIED = "exchange.carried"
_AT_ONCE = 5_000
_NOT_SENT = (State.DUE, State.PACKED)


@dataclass(frozen=True, slots=True)
class Packed:
    """One package; `ids` and `keys` name its rows here and at the target."""

    id: str
    dataset: str
    file_name: str
    rows: int
    data: bytes
    sha256: str
    ids: tuple[str, ...]
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that can't go: by what it is known, why, and for which column."""

    dataset: str
    name: str
    code: str
    column: str


@dataclass
class Packing:
    """The packages of a target, made one after the other, and what can't go.

    `refused` is whole once the packages were gone through.
    """

    version: int
    packages: Iterator[Packed]
    refused: list[Refused]


def profile_of(target: Target) -> Profile:
    """Return a target's profile with what was adopted and learned of it."""
    return learned.profile_of(target, TargetState.objects.get(name=target.name))


def pack(target: Target) -> Packing:
    """Return what is due to a target as packages."""
    state = TargetState.objects.get(name=target.name)
    profile = learned.profile_of(target, state)
    refused: list[Refused] = []
    return Packing(state.version, _packages(target, profile, refused), refused)


def _packages(
    target: Target, profile: Profile, refused: list[Refused]
) -> Iterator[Packed]:
    for sheet in profile.sheets:
        if exchange_packages.may_pack(profile):
            yield from _in_columns(target, sheet, profile, refused)
        else:
            yield from _by_core(target, sheet, profile, refused)


def _in_columns(
    target: Target, sheet: Sheet, profile: Profile, refused: list[Refused]
) -> Iterator[Packed]:
    frame = _frame(target, sheet)
    faults = exchange_packages.faults(frame, sheet, profile)
    names = dict(zip(*_names(frame), strict=True))
    refused += _refused(sheet, faults, names)
    good = frame.filter(~pl.col(ID).is_in([fault.row for fault in faults]))
    made = exchange_packages.package(good, sheet, profile, names_rows=True)
    for one in made:
        yield Packed(
            one.id,
            sheet.dataset,
            one.file_name,
            one.rows,
            one.data,
            one.sha256,
            one.ids,
            one.keys,
        )


def _names(frame: pl.DataFrame) -> tuple[Sequence[str], Sequence[str]]:
    name = "decision_no" if "decision_no" in frame.columns else ID
    return frame.get_column(ID).to_list(), frame.get_column(name).to_list()


def _frame(target: Target, sheet: Sheet) -> pl.DataFrame:
    """Return what is due of a dataset as columns, stretch by stretch."""
    names = [column.name for column in sheet.columns if column.name != ACTION]
    schema = dict.fromkeys([ID, VERSION, ACT, *names], pl.String)
    due = _due(target, sheet).values_list("pk", "version", "act", "values")
    parts: list[pl.DataFrame] = [pl.DataFrame(schema=schema)]
    lines: list[Mapping[str, str]] = []
    for key, version, act, values in due.iterator(chunk_size=_AT_ONCE):
        lines.append({ID: str(key), VERSION: version, ACT: act, **values})
        if len(lines) == _AT_ONCE:
            parts.append(pl.DataFrame(lines, schema=schema))
            lines.clear()
    parts.append(pl.DataFrame(lines, schema=schema))
    return pl.concat(parts)


def _by_core(
    target: Target, sheet: Sheet, profile: Profile, refused: list[Refused]
) -> Iterator[Packed]:
    due = [sending.as_row(each) for each in _due(target, sheet).iterator()]
    names = {row.id: row.values.get("decision_no", row.id) for row in due}
    good, faults = packaging.sound(packaging.order(due, sheet), sheet, profile)
    for part in packaging.split(good, sheet, profile):
        package = _built(part, sheet, profile, faults)
        if package is not None:
            yield _packed(package)
    refused += _refused(sheet, faults, names)


def _built(
    part: Sequence[Row], sheet: Sheet, profile: Profile, faults: list[Fault]
) -> Package | None:
    """Return rows as a package without those that the encoding can't say."""
    write = sending.writer_of(profile)
    while part:
        try:
            return packaging.build(part, sheet, profile, write)
        except UnwritableError as wrong:
            bad = part[wrong.row]
            faults.append(Fault(bad.id, "R-ENCODING"))
            part = [row for row in part if row is not bad]
    return None


def _packed(package: Package) -> Packed:
    return Packed(
        package.id,
        package.dataset,
        package.file_name,
        len(package.rows),
        package.data,
        package.sha256,
        tuple(row.id for row in package.rows),
        package.keys,
    )


def _due(target: Target, sheet: Sheet) -> QuerySet[Obligation]:
    due = Obligation.objects.filter(
        target_id=target.name, dataset=sheet.dataset, state__in=_NOT_SENT
    )
    ahead = Obligation.objects.filter(
        target_id=target.name,
        record=OuterRef("record"),
        state__in=OPEN,
        id__lt=OuterRef("id"),
    )
    return due.filter(~Exists(ahead)).order_by("id")


def _refused(
    sheet: Sheet, faults: Iterable[Fault], names: Mapping[str, str]
) -> list[Refused]:
    return [
        Refused(sheet.dataset, names[fault.row], fault.code, fault.column)
        for fault in faults
    ]


@transaction.atomic
def note_carried(target: Target, package: Packed, *, actor: str, at: datetime) -> None:
    """Note that a person takes a package to the target: its rows wait for feedback."""
    state = TargetState.objects.select_for_update().get(name=target.name)
    rows = {
        str(row.pk): row
        for row in Obligation.objects.select_for_update().filter(
            pk__in=[int(key) for key in package.ids], state__in=_NOT_SENT
        )
    }
    left = [
        (rows[one], key)
        for one, key in zip(package.ids, package.keys, strict=True)
        if one in rows
    ]
    for row, key in left:
        if row.state == State.DUE:
            row.state = states.step(State.DUE, State.PACKED)
        row.state = states.step(State(row.state), State.SENT)
        row.sent_at, row.sent_key = at, key
        row.sent_in = [*row.sent_in, package.id]
    fields = ["state", "sent_at", "sent_key", "sent_in"]
    Obligation.objects.bulk_update([row for row, _ in left], fields, batch_size=500)
    Trial.objects.create(
        target=state,
        dataset=package.dataset,
        package=package.id,
        sha256=package.sha256,
        profile_version=state.version,
        purpose="carried",
        rows=package.rows,
        size_bytes=len(package.data),
        sent_at=at,
    )
    body = {"package": package.id, "rows": len(left), "sha256": package.sha256}
    subject = f"target:{target.name}"
    ledger.append(kind=CARRIED, subject=subject, actor=actor, body=body, at=at)
