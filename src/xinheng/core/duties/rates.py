"""The rates of reporting: each 0 to 1 by construction, with its denominator.

| rate | numerator | denominator |
|---|---|---|
| timely (及时率) | records that first came by their last day | records reported |
| compliance (合规率) | rows without an error or a question | rows received |
| reporting (上报率) | records reported, at most those produced | decisions declared |

Who reports more than it declared contradicts itself: that is shown as `over_reported`
and never as a rate above 1. Without a denominator there is no rate.

Source: the domain notes, 1.4; the definitions are ours, the national ones not found.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from xinheng.core.calendars.working_days import WorkCalendar
from xinheng.core.duties.due_dates import Terms, due_of_record
from xinheng.core.duties.standing import Landed

TIMELY_ZH = "及时率＝在期限内首次入库的记录数÷已报送的记录数"
TIMELY_EN = "timely = records first landed by their due date / records reported"
COMPLIANCE_ZH = "合规率＝没有错误也没有疑问的行数÷收到的行数"
COMPLIANCE_EN = "compliance = rows without error or question / rows received"
REPORTING_ZH = "上报率＝已报送的记录数（不超过产生数）÷本单位申报的产生数"
REPORTING_EN = (
    "reporting = records reported, at most those produced / decisions that the unit"
    " declared as produced"
)


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with what it is made of.

    `denominator` is null where nobody declared it. 0 <= numerator <= denominator.

    Raises:
        ValueError: where the numerator is no part of the denominator.
    """

    numerator: int
    denominator: int | None
    formula_zh: str
    formula_en: str

    def __post_init__(self) -> None:
        """Refuse what could not be a share."""
        if not 0 <= self.numerator <= (self.denominator or 0):
            raise ValueError("a rate is a part of a whole")

    @property
    def value(self) -> Fraction | None:
        """The rate, 0 to 1; null where there is no denominator or it is 0."""
        return Fraction(self.numerator, self.denominator) if self.denominator else None


@dataclass(frozen=True, slots=True)
class Counts:
    """What a unit did in a month with one dataset, or with several added up.

    `reported` records of which `late` came after their last day; `received` rows, of
    which `rejected` had an error and `questionable` a question. `declared` says whether
    a number of produced decisions was given at all; `matched` of the `produced` ones
    were reported, `over_reported` exceed them. `provisional` is set where a last day
    rests on a notice that is not known yet.
    """

    reported: int = 0
    late: int = 0
    received: int = 0
    rejected: int = 0
    questionable: int = 0
    declared: bool = False
    produced: int = 0
    matched: int = 0
    over_reported: int = 0
    provisional: bool = False

    @property
    def omitted(self) -> int:
        """Decisions that were declared as produced and not reported (瞒报 or 漏报)."""
        return self.produced - self.matched

    @property
    def timely(self) -> Rate:
        """Records in time among those reported."""
        return Rate(self.reported - self.late, self.reported, TIMELY_ZH, TIMELY_EN)

    @property
    def compliance(self) -> Rate:
        """Rows that passed every check among those received."""
        passed = self.received - self.rejected - self.questionable
        return Rate(passed, self.received, COMPLIANCE_ZH, COMPLIANCE_EN)

    @property
    def reporting(self) -> Rate:
        """Records reported among the decisions produced."""
        produced = self.produced if self.declared else None
        return Rate(self.matched, produced, REPORTING_ZH, REPORTING_EN)


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a month's files: all received, those with an error or a question."""

    received: int = 0
    rejected: int = 0
    questionable: int = 0


def count(
    *,
    landed: Iterable[Landed],
    rows: Rows,
    produced: int | None,
    terms: Terms,
    calendar: WorkCalendar,
) -> Counts:
    """Return the counts of one dataset; `produced` null where nothing was declared."""
    groups = [
        (each, due_of_record(each.decided_on, each.period, terms, calendar))
        for each in landed
    ]
    reported = sum(each.count for each, _ in groups)
    matched = min(reported, produced or 0)
    return Counts(
        reported=reported,
        late=sum(each.count for each, due in groups if each.received_on > due.on),
        received=rows.received,
        rejected=rows.rejected,
        questionable=rows.questionable,
        declared=produced is not None,
        produced=produced or 0,
        matched=matched,
        over_reported=0 if produced is None else reported - matched,
        provisional=any(due.provisional for _, due in groups),
    )


def add(counts: Iterable[Counts]) -> Counts:
    """Return the counts of several datasets together.

    Each keeps its own match, so that one dataset's surplus never fills another's gap.
    """
    together = list(counts)
    return Counts(
        reported=sum(each.reported for each in together),
        late=sum(each.late for each in together),
        received=sum(each.received for each in together),
        rejected=sum(each.rejected for each in together),
        questionable=sum(each.questionable for each in together),
        declared=any(each.declared for each in together),
        produced=sum(each.produced for each in together),
        matched=sum(each.matched for each in together),
        over_reported=sum(each.over_reported for each in together),
        provisional=any(each.provisional for each in together),
    )
