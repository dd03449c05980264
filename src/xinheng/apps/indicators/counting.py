"""The inputs of the indicators, counted from what the other apps hold.

Records, declarations and cases of measures are counted as the ledger of a size knew
them; organizations, codes, commitments, look-ups and redress as of the months' last
day. What this register does not hold is not in the answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from xinheng.apps.accounts.actors import OPERATOR
from xinheng.apps.campaigns import counting as campaigns
from xinheng.apps.cases import queries as cases
from xinheng.apps.commitments import queries as commitments
from xinheng.apps.duties import queries as duties
from xinheng.apps.measures import counting as measures
from xinheng.apps.organizations import rates as codes
from xinheng.apps.records import queries as records
from xinheng.apps.records import tallies
from xinheng.apps.standing import queries as standing
from xinheng.core.catalog import periods
from xinheng.core.duties import rates
from xinheng.core.duties.rates import Counts
from xinheng.core.indicators.figures import Counted
from xinheng.core.procedures.figures import Ending

DOUBLE = ("permit", "penalty")
REPAIRED = "repaired"
Pair = tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class Span:
    """A run of months, and the size of the ledger that it is counted at."""

    months: tuple[str, ...]
    ledger_size: int

    @property
    def first_day(self) -> date:
        """The first day of the first month."""
        return periods.first_day(self.months[0])

    @property
    def last_day(self) -> date:
        """The last day of the last month."""
        after = periods.first_day(periods.before(self.months[-1], -1))
        return after - timedelta(days=1)


def count(span: Span, *, on: date) -> Counted:
    """Return numerator and denominator of every input that is held, by its name.

    `on` is the day for which overdue duties are told.
    """
    active, reported = codes.count_active(span.months[-1]), _records(span)
    return {
        **_of_records(reported, active),
        **_of_datasets(span, reported),
        **_of_organizations(span, active),
        **_of_reporting(span, on),
        **_of_measures(span, reported),
        **_of_redress(span, reported),
        **_of_use(span, active),
    }


def _records(span: Span) -> Counter[str]:
    found: Counter[str] = Counter()
    for month in span.months:
        for _, dataset, number in records.count_by_unit_and_dataset(
            period=month, ledger_size=span.ledger_size
        ):
            found[dataset] += number
    return found


# An input of records, and the dataset whose records it counts. Activities that were
# approved count beside the records of theirs, as they do in the monthly table.
BY_DATASET = {
    "red_list_published": "local_recognition_list",
    "black_list_published": "local_exclusion_list",
    "list_exits_corrected": "list_exit_corrected",
    "list_exits_deregistered": "list_exit_deregistered",
    "tiered_supervision_domains": "supervised_sector",
    "benefit_uses": "benefit_use",
    "integrity_campaigns": "integrity_campaign",
}


def _of_records(reported: Counter[str], active: int) -> dict[str, Pair]:
    double = sum(reported[name] for name in DOUBLE)
    return {
        "double_publicity_count": (double, None),
        "double_publicity_per_enterprise": (double, active),
        "records_collected": (reported.total(), None),
    }


def _of_datasets(span: Span, reported: Counter[str]) -> dict[str, Pair]:
    beside: Counter[str] = Counter()
    for month in span.months:
        found = campaigns.count(period=month, ledger_size=span.ledger_size)
        for (_, category), number in found.items():
            beside[category] += number
    owed, known = tallies.count_without(
        dataset="government_arrears",
        field="settled_on",
        until=span.months[-1],
        ledger_size=span.ledger_size,
    )
    return {
        # Where nobody reports arrears there is no figure: silence is no zero.
        "government_arrears": (owed if known else None, None),
        **{
            name: (reported[dataset] + beside[dataset], None)
            for name, dataset in BY_DATASET.items()
        },
    }


def _of_organizations(span: Span, active: int) -> dict[str, Pair]:
    rate = codes.code_rates(month=span.months[-1], active=active)
    return {
        "registered_enterprises": (active, None),
        "dup_wrong_code_rate": (
            rate.error_rate.numerator,
            rate.error_rate.denominator,
        ),
        "correction_rate": (
            rate.correction_rate.numerator,
            rate.correction_rate.denominator,
        ),
    }


def _of_reporting(span: Span, on: date) -> dict[str, Pair]:
    counts = rates.add(_counts(span, on))
    return {
        "timely_rate": (counts.timely.numerator, counts.timely.denominator),
        "compliance_rate": (counts.compliance.numerator, counts.compliance.denominator),
        "reporting_rate": (counts.reporting.numerator, counts.reporting.denominator),
    }


def _counts(span: Span, on: date) -> Iterable[Counts]:
    for month in span.months:
        for dataset in DOUBLE:
            for row in duties.list_counts(
                actor=OPERATOR,
                period=month,
                on=on,
                dataset=dataset,
                ledger_size=span.ledger_size,
            ):
                yield row.counts


# An input of measures, and the category of cases and records that it counts.
BY_CATEGORY = {
    "measure_cases_restrictive": "joint_restriction_case",
    "measure_cases_incentive": "joint_incentive_case",
    "national_list_feedback": "national_list_feedback",
}


def _of_measures(span: Span, reported: Counter[str]) -> dict[str, Pair]:
    counted: Counter[str] = Counter()
    for month in span.months:
        found = measures.count_cases(period=month, ledger_size=span.ledger_size)
        for (_, category), number in found.items():
            counted[category] += number
    return {
        name: (counted[category] + reported[category], None)
        for name, category in BY_CATEGORY.items()
    }


def _of_redress(span: Span, reported: Counter[str]) -> dict[str, Pair]:
    repairs, objections = (
        cases.endings(procedure=name, first=span.first_day, last=span.last_day)
        for name in ("repair", "objection")
    )
    completed = sum(each.outcome == REPAIRED for each in repairs)
    filed = len(objections)
    return {
        "repairs_completed": (completed, None),
        "repair_mean_days": _days(repairs),
        "objections": (filed, None),
        "objections_per_record": (filed, reported.total()),
        "objection_mean_days": _days(objections),
    }


def _days(found: Sequence[Ending]) -> Pair:
    days = [
        (each.decided_on - each.received_on).days for each in found if each.decided_on
    ]
    return sum(days), len(days)


def _of_use(span: Span, active: int) -> dict[str, Pair]:
    matters = standing.count_by_matter(months=span.months)
    kept, judged = commitments.count_judged(first=span.first_day, last=span.last_day)
    return {
        "commitment_share": (commitments.count_promising(on=span.last_day), active),
        "commitment_fulfilment_rate": (kept, judged),
        "look_up_matters": (len(matters), None),
        "look_ups": (sum(matters.values()), None),
    }
