"""Indicators read: figures of a month, their trend, peers, what-if, protection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from xinheng.apps.catalog import queries as catalog
from xinheng.apps.indicators import counting
from xinheng.apps.indicators.counting import Span
from xinheng.apps.indicators.models import Cut, KeptFigure, PeerFigure
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.listings import schemes as listings
from xinheng.core.catalog import periods
from xinheng.core.indicators import figures as core
from xinheng.core.indicators import protection
from xinheng.core.indicators.figures import Figure
from xinheng.core.indicators.packs import Indicator, Pack, Part
from xinheng.core.indicators.protection import Breach, Used
from xinheng.rulebook import indicators as rulebook
from xinheng.rulebook import measures as measure_rules

MOST_MONTHS = 12


class MonthNotOverError(ValueError):
    """The month is not over, so nothing final can be counted of it."""

    def __init__(self, month: str) -> None:
        super().__init__(month)
        self.month = month


@dataclass(frozen=True, slots=True)
class Counted:
    """Figures by the inputs' names, counted at a ledger size as of a day."""

    months: tuple[str, ...]
    ledger_size: int
    counted_on: date
    figures: Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class PeerView:
    """What another city published."""

    city: str
    period: str
    input: str
    value: Decimal
    source: str
    published_on: date


@dataclass(frozen=True, slots=True)
class Row:
    """A part of an indicator with the figures that feed it."""

    indicator: Indicator
    part: Part
    figures: tuple[Figure, ...]


def months_to(last: str, number: int = 1) -> tuple[str, ...]:
    """Return so many months that end with one.

    Raises:
        InvalidPeriodError: `last` is no month.
        ValueError: the number is not 1 to `MOST_MONTHS`.
    """
    if not 1 <= number <= MOST_MONTHS:
        raise ValueError(number)
    month = periods.parse(last)
    return tuple(periods.before(month, back) for back in reversed(range(number)))


def count(*, months: tuple[str, ...], on: date) -> Counted:
    """Return the figures of a run of months, counted from what is known today."""
    span = Span(months, ledger.size())
    counted = counting.count(span, on=on)
    found = core.figures(rulebook.inputs(), counted, on=span.last_day)
    return Counted(months, span.ledger_size, span.last_day, found)


def rows(pack: Pack, figures: Mapping[str, Figure]) -> tuple[Row, ...]:
    """Return the parts of a pack's indicators with their figures, in its order.

    An indicator without a part has one row without figures.
    """
    return tuple(
        Row(each, part, tuple(figures[name] for name in part.inputs))
        for each in pack.indicators
        for part in each.parts or (Part("", ""),)
    )


def trend(name: str, *, number: int = 1, most: int = 24) -> tuple[Counted, ...]:
    """Return an input as it was kept, month by month, the latest cut of each.

    `number` is how many months a cut covers. Each holds the one figure alone.
    """
    latest: dict[str, KeptFigure] = {}
    kept = KeptFigure.objects.filter(input=name).select_related("cut")
    for row in kept.order_by("cut_id"):
        if row.cut.first_month == periods.before(row.cut.last_month, number - 1):
            latest[row.cut.last_month] = row
    chosen = [latest[month] for month in sorted(latest)[-most:]]
    return tuple(
        _kept(row.cut, {name: _figure(row, row.cut.counted_on)})
        for row in chosen
        if name in rulebook.inputs()
    )


def _kept(cut: Cut, figures: Mapping[str, Figure]) -> Counted:
    number = _months_between(cut.first_month, cut.last_month)
    months = months_to(cut.last_month, number)
    return Counted(months, cut.ledger_size, cut.counted_on, figures)


def _months_between(first: str, last: str) -> int:
    begins, ends = periods.first_day(first), periods.first_day(last)
    return (ends.year - begins.year) * 12 + ends.month - begins.month + 1


def _figure(row: KeptFigure, counted_on: date) -> Figure:
    told = rulebook.inputs()[row.input]
    return Figure(told, row.numerator, row.denominator, counted_on)


def list_cuts() -> tuple[tuple[str, str, int], ...]:
    """Return first month, last month and ledger size of every cut, latest first."""
    columns = ("first_month", "last_month", "ledger_size")
    return tuple(Cut.objects.order_by("-id").values_list(*columns))


def list_peers(*, period: str) -> tuple[PeerView, ...]:
    """Return what other cities published for a month, by input and city."""
    found = PeerFigure.objects.filter(period=period).order_by("input", "city")
    return tuple(
        PeerView(
            row.city, row.period, row.input, row.value, row.source, row.published_on
        )
        for row in found
    )


def breaches(*, on: date) -> tuple[Breach, ...]:
    """Return what breaks the two rules of protection, among all in use on a day."""
    return protection.breaches(_used(on), rulebook.matters())


def count_used(*, on: date) -> int:
    """Return how many items, lists and measures the rules are held against."""
    return sum(1 for _ in _used(on))


def _used(on: date) -> Iterator[Used]:
    for item in catalog.list_datasets().values():
        texts = [field.title for field in item.fields]
        said = (*texts, item.description or "")
        basis = bool(item.legal_basis)
        yield Used("dataset", item.name, item.title, said, has_basis=basis)
    for scheme in listings.list_in_use(on=on):
        basis = bool(scheme.legal_basis)
        texts = [scheme.removal_conditions or "", scheme.nexus or ""]
        yield Used("list", scheme.name, scheme.title, tuple(texts), has_basis=basis)
    for measure in measure_rules.rules().measures.values():
        # A measure without a direct basis is never applied: the measures see to it.
        yield Used("measure", measure.code, measure.title, (measure.nexus,), True)
