"""Standings and rates, read from what landed and what was declared."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from tests.factories import files
from tests.factories.hand_ins import hand_in
from xinheng.apps.accounts.actors import OPERATOR, Actor
from xinheng.apps.duties import operations, queries
from xinheng.apps.duties.operations import Production
from xinheng.apps.intake import deciding, nil_returns
from xinheng.apps.intake import operations as intake
from xinheng.apps.intake.models import HeldRow
from xinheng.apps.ledger import queries as ledger
from xinheng.core.catalog.datasets import Frequency
from xinheng.core.duties.standing import State

MAY = "2019-05"
DAY = "许可决定日期"
IN_TIME = datetime(2019, 5, 13, 2, 0, tzinfo=UTC)


def permits(count, *, decided_on="2019-05-06", **changes):
    """Decided on 6 May 2019, so due on the 15th."""
    return [
        {**row, DAY: decided_on, "有效期自": decided_on, **changes}
        for row in files.permit_rows(count)
    ]


def submit(clerk, rows, *, at=IN_TIME):
    return intake.submit(hand_in(clerk, rows), at=at)


def stand(*, on=date(2019, 7, 1), actor=OPERATOR, months=(MAY,), **asked):
    return queries.list_standings(actor=actor, months=months, on=on, **asked)


def state(**asked):
    [item] = stand(**asked)
    return item.standing.state


def counts(*, actor=OPERATOR, **asked):
    [row] = list_counts(actor=actor, **asked)
    return row.counts


def list_counts(*, actor=OPERATOR, **asked):
    return queries.list_counts(actor=actor, period=MAY, on=date(2019, 7, 1), **asked)


class TestListStandings:
    def test_is_overdue_and_silent_where_nothing_came(self, assign):
        assign()

        [item] = stand()

        assert item.standing.due.on == date(2019, 6, 12)
        assert (item.standing.state, item.standing.is_silent) == (State.OVERDUE, True)
        assert state(on=date(2019, 6, 12)) is State.OPEN

    def test_knows_what_came_in_time(self, assign, clerk):
        assign()
        submit(clerk, permits(3))

        assert state() is State.REPORTED

    def test_knows_what_came_late(self, assign, clerk):
        assign()
        submit(clerk, permits(3), at=IN_TIME + timedelta(days=5))

        [item] = stand()

        assert (item.standing.state, item.standing.days_late) == (State.LATE, 3)

    def test_takes_no_correction_for_a_delay(self, assign, clerk):
        assign()
        submit(clerk, permits(3))
        submit(clerk, permits(3, 备注="更正"), at=IN_TIME + timedelta(days=30))
        submit(clerk, permits(2, 备注="再更正"), at=IN_TIME + timedelta(days=40))

        assert state() is State.REPORTED
        assert (counts().reported, counts().late) == (3, 0)

    def test_knows_a_nil_return(self, assign, clerk, received_at):
        assign()
        nil_returns.file_nil_return(
            actor=clerk, unit="U01", dataset="permit", period=MAY, at=received_at
        )

        assert state() is State.NIL

    def test_tells_a_file_of_which_nothing_was_taken_from_silence(self, assign, clerk):
        assign()
        submit(clerk, permits(2, decided_on="2031-01-01"))

        [item] = stand()

        assert (item.standing.state, item.standing.is_silent) == (State.OVERDUE, False)

    def test_is_what_the_ledger_of_a_size_knew(self, assign, clerk, received_at):
        sizes = [ledger.size()]
        assign()
        sizes.append(ledger.size())
        submit(clerk, permits(2))
        sizes.append(ledger.size())
        submit(clerk, permits(2, 备注="更正"), at=IN_TIME + timedelta(days=30))

        known = [stand(ledger_size=size) for size in sizes]

        assert known[0] == ()
        assert [item.standing.state for [item] in known[1:]] == [
            State.OVERDUE,
            State.REPORTED,
        ]

    def test_knows_no_month_before_the_duty_and_none_after_it(
        self, assign, received_at
    ):
        assign()
        operations.end(
            actor=OPERATOR,
            unit="U01",
            dataset="permit",
            expires_on=date(2019, 7, 1),
            at=received_at,
        )

        found = stand(months=("2019-04", MAY, "2019-06", "2019-07"))

        assert [item.period for item in found] == [MAY, "2019-06"]

    def test_names_a_quarter_once(self, assign):
        assign("judgment", frequency=Frequency.QUARTERLY)

        found = stand(months=("2019-04", MAY, "2019-06"))

        assert [item.period for item in found] == ["2019-06"]

    def test_shows_a_unit_its_own(self, assign, clerk):
        assign()
        assign(unit="U02")

        assert [item.duty.unit_code for item in stand(actor=clerk)] == ["U01"]
        assert stand(actor=clerk, unit="U02") == ()

    def test_does_not_blame_a_unit_for_what_waited_at_the_office(
        self, assign, clerk, office
    ):
        assign()
        name = "行政相对人名称"
        rows = permits(2)
        rows[0][name] = "示例市从未登记有限公司"
        submit(clerk, rows)
        choice = deciding.Choice(
            [row.pk for row in HeldRow.objects.all()], office, "名称已核实"
        )
        deciding.accept(choice, at=IN_TIME + timedelta(days=30))

        assert (counts().reported, counts().late) == (2, 0)


class TestListCounts:
    def test_are_parts_of_what_was_handed_in_and_declared(self, assign, clerk):
        assign()
        submit(clerk, [*permits(3), *permits(5, decided_on="2031-01-01")[3:]])
        at = datetime(2019, 6, 3, tzinfo=UTC)
        operations.declare_production(
            actor=clerk,
            unit="U01",
            dataset="permit",
            period=MAY,
            production=Production(6, 0, "网站建设中"),
            at=at,
        )

        found = counts()

        assert (found.timely.numerator, found.timely.denominator) == (3, 3)
        assert (found.compliance.numerator, found.compliance.denominator) == (3, 5)
        assert (found.reporting.numerator, found.reporting.denominator) == (3, 6)
        assert (found.omitted, found.rejected) == (3, 2)

    def test_have_no_rate_where_there_is_nothing(self, assign):
        assign()

        found = counts()

        assert found.timely.value is None
        assert found.reporting.denominator is None

    def test_are_in_the_order_of_names(self, assign):
        for unit in ("U01", "U02", "U03"):
            assign(unit=unit)

        names = [row.unit_name for row in list_counts()]

        assert names == sorted(names)

    def test_are_a_units_own(self, assign, clerk):
        assign()
        assign(unit="U02")

        rows = list_counts(actor=clerk)

        assert [row.unit_code for row in rows] == ["U01"]

    def test_may_be_of_one_dataset(self, assign):
        assign()

        assert list_counts(dataset="penalty") == ()

    def test_tell_silence_from_nothing_to_report(self, assign, clerk, received_at):
        assign()
        assign("penalty")
        nil_returns.file_nil_return(
            actor=clerk, unit="U01", dataset="penalty", period=MAY, at=received_at
        )

        [row] = list_counts()

        assert (row.owed, row.nil, row.overdue, row.silent) == (2, 1, 1, 1)


class TestListProduction:
    def test_is_owed_with_the_duty_and_due_by_the_tenth(
        self, assign, clerk, received_at
    ):
        assign()
        assign("judgment")

        [due] = queries.list_production(actor=clerk, unit="U01", period=MAY)

        assert (due.dataset, due.due.on) == ("permit", date(2019, 6, 10))
        assert due.declared is None

    def test_is_nobody_elses_business(self, assign):
        assign()
        stranger = Actor("x", units=frozenset({"U02"}))

        assert queries.list_production(actor=stranger, unit="U01", period=MAY) == ()
