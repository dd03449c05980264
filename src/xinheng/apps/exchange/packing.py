"""What would be sent to a target now, as packages; nothing is noted."""

from __future__ import annotations

from dataclasses import dataclass

from xinheng.apps.exchange import learned, sending
from xinheng.apps.exchange.models import Obligation, TargetState
from xinheng.apps.exchange.targets import Target
from xinheng.core.exchange import packaging, rows
from xinheng.core.exchange.packaging import Package
from xinheng.core.exchange.profiles import Profile, Sheet
from xinheng.core.exchange.rows import Row
from xinheng.core.exchange.states import State


@dataclass(frozen=True, slots=True)
class Packed:
    """Packages, and what can't go: (name, code, column)."""

    version: int
    packages: tuple[Package, ...]
    refused: tuple[tuple[str, str, str], ...]


def profile_of(target: Target) -> Profile:
    """Return a target's profile with what was learned of it."""
    return learned.profile_of(target, TargetState.objects.get(name=target.name))


def pack(target: Target) -> Packed:
    """Return what is due to a target as packages.

    Raises:
        TooLargeRowError: where one row alone is larger than the target takes.
    """
    profile = profile_of(target)
    packages: list[Package] = []
    refused: list[tuple[str, str, str]] = []
    for sheet in profile.sheets:
        good, bad = _checked(_due(target, sheet), sheet)
        refused += bad
        ordered = packaging.order(good, sheet)
        write = sending.writer_of(profile)
        packages += [
            packaging.build(part, sheet, profile, write)
            for part in packaging.split(ordered, sheet, profile)
        ]
    version = TargetState.objects.get(name=target.name).version
    return Packed(version, tuple(packages), tuple(refused))


def _due(target: Target, sheet: Sheet) -> list[Row]:
    due = Obligation.objects.filter(
        target_id=target.name, dataset=sheet.dataset, state=State.DUE
    )
    return [sending.as_row(each) for each in due.order_by("id").iterator()]


def _checked(
    found: list[Row], sheet: Sheet
) -> tuple[list[Row], list[tuple[str, str, str]]]:
    good, bad = [], []
    for row in found:
        fault = next(rows.faults(row, sheet), None)
        if fault is None or row.act is rows.Act.WITHDRAW:
            good.append(row)
        else:
            bad.append((rows.key_of(row, sheet), *fault))
    return good, bad
