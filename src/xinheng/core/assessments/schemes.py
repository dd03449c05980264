"""A scheme of assessment: blocks of items with points, and what is wrong with it.

| kind | points of an item |
|---|---|
| ratio | all from the share `full_at` on, below it the share of them |
| per_unit | `each` for every one counted, no more than the item has |
| deduct | all, less `each` for every one counted, never below 0 |
| manual | what the credit office gives, on evidence |

An item with an `input` is counted from the register, one without is entered by hand.
Blocks marked `is_bonus` come on top of the 100.

Source: a real city's scheme of 100 + 10 (domain notes, 3.4); practice, no law.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from xinheng.core.catalog.datasets import Verification


class Kind(StrEnum):
    """How an item comes to its points."""

    RATIO = "ratio"
    PER_UNIT = "per_unit"
    DEDUCT = "deduct"
    MANUAL = "manual"


class Input(StrEnum):
    """What the register can count of a unit in some months."""

    REPORTED = "reported"  # records reported / decisions declared as produced
    PUBLISHED = "published"  # put on the own site / decisions declared as produced
    TIMELY_DOUBLE = "timely_double"  # permits and penalties in time / reported
    TIMELY_OTHER = "timely_other"  # other records in time / reported
    STORED = "stored"  # rows without error or question / rows received
    ACCURATE = "accurate"  # rows without error / rows received
    RETURNS = "returns"  # monthly returns of production in time / owed
    DUTIES = "duties"  # duties met in time, a nil return too / owed
    CASES = "cases"  # cases of joint measures
    LOOK_UPS = "look_ups"  # organizations looked up before a decision


SHARES = frozenset(Input) - {Input.CASES, Input.LOOK_UPS}


@dataclass(frozen=True, slots=True)
class Item:
    """An item; `formula` says in Chinese what the table of kinds says in general.

    `each` belongs to `per_unit` and `deduct` alone; `full_at` is a share above 0, of
    `ratio` alone. `input` null means that it is entered by hand.
    """

    name: str
    title: str
    title_en: str
    points: Decimal
    kind: Kind
    verification: Verification
    source: str
    input: Input | None = None
    full_at: Decimal = Decimal(1)
    each: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """Items under a heading, with the points that the scheme states for them all."""

    name: str
    title: str
    title_en: str
    points: Decimal
    items: tuple[Item, ...]
    is_bonus: bool = False


@dataclass(frozen=True, slots=True)
class Scheme:
    """A scheme: `points` of its blocks, `bonus` of those on top.

    An appeal may be filed for `appeal_working_days` after the results are told.
    Commended is who reaches `commend_from` of the points that could be counted,
    criticized who stays below `criticize_below`; both are shares of 0 to 1.
    """

    name: str
    edition: str
    title: str
    title_en: str
    points: Decimal
    bonus: Decimal
    appeal_working_days: int
    commend_from: Decimal
    criticize_below: Decimal
    verification: Verification
    source: str
    blocks: tuple[Block, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        """All items, in their order."""
        return tuple(item for block in self.blocks for item in block.items)


class FaultCode(StrEnum):
    """What is wrong with a scheme; stable codes."""

    EMPTY = "SCHEME_EMPTY"  # no block, or a block without an item
    NAME_TWICE = "SCHEME_NAME_TWICE"
    POINTS = "SCHEME_POINTS"  # not above 0
    BLOCK_SUM = "SCHEME_BLOCK_SUM"  # the items do not add up to the block
    SUM = "SCHEME_SUM"  # the blocks do not add up to the scheme
    BONUS_SUM = "SCHEME_BONUS_SUM"
    ZERO_SHARE = "SCHEME_ZERO_SHARE"  # full points from a share of 0, or above 1
    EACH = "SCHEME_EACH"  # points for each are missing, not above 0, or not wanted
    INPUT_KIND = "SCHEME_INPUT_KIND"  # a share counted one by one, or a count as share
    APPEAL = "SCHEME_APPEAL"  # no day to appeal
    BOUNDS = "SCHEME_BOUNDS"  # criticized from where one is commended


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault: where, and where sums differ what is stated and what was added up."""

    code: FaultCode
    where: str
    stated: Decimal | None = None
    computed: Decimal | None = None


def faults(scheme: Scheme) -> tuple[Fault, ...]:
    """Return everything that is wrong with a scheme, nothing where it can be used."""
    return (
        *_faults_of_sums(scheme),
        *_faults_of_names(scheme),
        *_faults_of_rules(scheme),
        *(fault for item in scheme.items for fault in _faults_of_item(item)),
    )


def _faults_of_sums(scheme: Scheme) -> Iterator[Fault]:
    for block in scheme.blocks:
        added = sum((item.points for item in block.items), Decimal(0))
        if added != block.points:
            yield Fault(FaultCode.BLOCK_SUM, block.name, block.points, added)
    sums = {is_bonus: _sum(scheme, is_bonus=is_bonus) for is_bonus in (False, True)}
    if sums[False] != scheme.points:
        yield Fault(FaultCode.SUM, scheme.name, scheme.points, sums[False])
    if sums[True] != scheme.bonus:
        yield Fault(FaultCode.BONUS_SUM, scheme.name, scheme.bonus, sums[True])


def _sum(scheme: Scheme, *, is_bonus: bool) -> Decimal:
    stated = (each.points for each in scheme.blocks if each.is_bonus is is_bonus)
    return sum(stated, Decimal(0))


def _faults_of_names(scheme: Scheme) -> Iterator[Fault]:
    if not scheme.blocks:
        yield Fault(FaultCode.EMPTY, scheme.name)
    for block in scheme.blocks:
        if not block.items:
            yield Fault(FaultCode.EMPTY, block.name)
    for of in (scheme.blocks, scheme.items):
        for name, times in Counter(each.name for each in of).items():
            if times > 1:
                yield Fault(FaultCode.NAME_TWICE, name)


def _faults_of_rules(scheme: Scheme) -> Iterator[Fault]:
    if scheme.points <= 0:
        yield Fault(FaultCode.POINTS, scheme.name)
    if scheme.appeal_working_days < 1:
        yield Fault(FaultCode.APPEAL, scheme.name)
    if not 0 <= scheme.criticize_below < scheme.commend_from <= 1:
        yield Fault(FaultCode.BOUNDS, scheme.name)


def _faults_of_item(item: Item) -> Iterator[Fault]:
    if item.points <= 0:
        yield Fault(FaultCode.POINTS, item.name)
    if not 0 < item.full_at <= 1:
        yield Fault(FaultCode.ZERO_SHARE, item.name)
    wants_each = item.kind in (Kind.PER_UNIT, Kind.DEDUCT)
    if wants_each != (item.each is not None and item.each > 0):
        yield Fault(FaultCode.EACH, item.name)
    if item.input is not None and not _fits(item.kind, item.input):
        yield Fault(FaultCode.INPUT_KIND, item.name)


def _fits(kind: Kind, given: Input) -> bool:
    if kind is Kind.RATIO:
        return given in SHARES
    return kind is not Kind.MANUAL and given not in SHARES
