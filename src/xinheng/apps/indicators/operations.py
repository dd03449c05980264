"""Figures are cut and kept; figures of other cities are taken from a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from hashlib import sha256

from django.db import transaction
from django.utils import timezone

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.indicators import queries
from xinheng.apps.indicators.models import Cut, KeptFigure, PeerFigure
from xinheng.apps.ledger import operations as ledger
from xinheng.core.catalog import periods
from xinheng.core.screening import personal_id
from xinheng.pipeline import short_lists
from xinheng.pipeline.short_lists import Refused
from xinheng.rulebook import editions
from xinheng.rulebook import indicators as rulebook

COLUMNS = ("city", "period", "input", "value", "source", "published_on")
LONGEST = {"city": 60, "source": 300}
LARGEST = Decimal(10) ** 11
INDEX = "index"  # a city's total score, which is no input of ours


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the rows: `taken` are new or replace an earlier figure."""

    rows_read: int
    taken: int
    refused: tuple[Refused, ...]


@transaction.atomic
def cut(*, months: tuple[str, ...], actor: Actor, at: datetime) -> int:
    """Count the inputs of months that are over, keep them, and return the cut's number.

    A later cut of the same months counts instead; the earlier one stays.

    Raises:
        NotAllowedError: neither the credit office nor the operator.
        MonthNotOverError: the last month is not over.
    """
    if not (actor.may_decide or actor.may_administer):
        raise NotAllowedError("cut the indicators")
    on = timezone.localdate(at)
    if months[-1] >= periods.of(on):
        raise queries.MonthNotOverError(months[-1])
    found = queries.count(months=months, on=on)
    row = Cut.objects.create(
        first_month=months[0],
        last_month=months[-1],
        ledger_size=found.ledger_size,
        rulebook=editions.digest(),
        counted_on=found.counted_on,
        cut_by=actor.account_id,
        cut_at=at,
    )
    KeptFigure.objects.bulk_create(
        KeptFigure(
            cut=row,
            input=name,
            numerator=each.numerator,
            denominator=each.denominator,
            formula=each.input.formula,
            denominator_of=each.input.denominator or "",
        )
        for name, each in found.figures.items()
    )
    told = {
        name: [each.numerator, each.denominator] for name, each in found.figures.items()
    }
    body = {"months": list(months), "ledger_size": found.ledger_size, "figures": told}
    _append("indicators.cut", f"indicators:{months[-1]}", body, actor=actor, at=at)
    return row.id


@transaction.atomic
def import_peers(*, content: bytes, actor: Actor, at: datetime) -> Imported:
    """Take the figures that other cities published; a row that can't be taken is told.

    A figure of the same city, month and input replaces the earlier one.

    Raises:
        NotAllowedError: neither the credit office nor the operator.
        UnreadableListError: the file as a whole can't be read.
    """
    if not (actor.may_decide or actor.may_administer):
        raise NotAllowedError("import figures of other cities")
    rows = short_lists.read(content, COLUMNS)
    refused = []
    for number, row in enumerate(rows, start=1):
        if code := _fault(row, on=timezone.localdate(at)):
            refused.append(Refused(number, code))
        else:
            _take(row, at)
    taken = len(rows) - len(refused)
    body = {"sha256": sha256(content).hexdigest(), "taken": taken}
    _append("indicators.peers_imported", "indicators:peers", body, actor=actor, at=at)
    return Imported(len(rows), taken, tuple(refused))


def _fault(row: Mapping[str, str], *, on: date) -> str:
    """Return the code of what is wrong with a row, empty for nothing."""
    if any(not row[name] for name in COLUMNS):
        return "REQUIRED"
    if any(personal_id.find(text) is not None for text in row.values()):
        return "PERSONAL_ID"
    if any(len(row[name]) > longest for name, longest in LONGEST.items()):
        return "LENGTH"
    if row["input"] != INDEX and row["input"] not in rulebook.inputs():
        return "UNKNOWN_INPUT"
    return _fault_of_values(row, on)


def _fault_of_values(row: Mapping[str, str], on: date) -> str:
    try:
        periods.parse(row["period"])
        published_on = date.fromisoformat(row["published_on"])
    except ValueError:
        return "DATE_FORMAT"
    if published_on > on:
        return "DATE_FUTURE"
    try:
        value = Decimal(row["value"])
    except InvalidOperation:
        return "AMOUNT"
    return "" if value.is_finite() and 0 <= value < LARGEST else "AMOUNT"


def _take(row: Mapping[str, str], at: datetime) -> None:
    PeerFigure.objects.update_or_create(
        city=row["city"],
        period=periods.parse(row["period"]),
        input=row["input"],
        defaults={
            "value": Decimal(row["value"]),
            "source": row["source"],
            "published_on": date.fromisoformat(row["published_on"]),
            "recorded_at": at,
        },
    )


def _append(
    kind: str, subject: str, body: Mapping[str, object], *, actor: Actor, at: datetime
) -> None:
    ledger.append(kind=kind, subject=subject, actor=actor.account_id, body=body, at=at)
