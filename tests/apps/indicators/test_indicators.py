"""Figures of a month from what was handed in; cuts, peers and protection."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.factories import files
from tests.factories.hand_ins import hand_in
from xinheng.apps.accounts.actors import OPERATOR, Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.duties import operations as duties
from xinheng.apps.duties.operations import Production
from xinheng.apps.indicators import operations, queries
from xinheng.apps.intake import operations as intake
from xinheng.apps.ledger import queries as ledger
from xinheng.core.indicators import protection
from xinheng.core.indicators.figures import State
from xinheng.pipeline.short_lists import UnreadableListError
from xinheng.rulebook import indicators as rulebook

MAY = ("2019-05",)
IN_TIME = datetime(2019, 5, 13, 2, 0, tzinfo=UTC)
JULY = datetime(2019, 7, 1, 2, 0, tzinfo=UTC)
CLERK = Actor("clerk-of-u01", units=frozenset({"U01"}))
OFFICE = Actor("office", sees_all_units=True, may_decide=True)
HEADER = ",".join(operations.COLUMNS)


@pytest.fixture
def handed_in(city):
    """U01 handed in four permits, one of them late, and declared five."""
    duties.assign(
        actor=OPERATOR, unit="U01", dataset="permit",
        effective_on=date(2019, 5, 1), at=IN_TIME,
    )  # fmt: skip
    rows = [
        {**row, "许可决定日期": "2019-05-06", "有效期自": "2019-05-06"}
        for row in files.permit_rows(4)
    ]
    intake.submit(hand_in(CLERK, rows[:3]), at=IN_TIME)
    intake.submit(hand_in(CLERK, rows[3:]), at=IN_TIME + timedelta(days=9))
    duties.declare_production(
        actor=CLERK, unit="U01", dataset="permit", period="2019-05",
        production=Production(5, 4, "一件未报"), at=JULY,
    )  # fmt: skip


def figures():
    return queries.count(months=MAY, on=date(2019, 7, 1)).figures


class TestCount:
    def test_tells_numerator_and_denominator_of_each_input(self, handed_in):
        found = figures()

        assert found["double_publicity_count"].numerator == 4
        # The register came in June: in May it knew of no organization yet.
        assert found["registered_enterprises"].value == 0
        per_enterprise = found["double_publicity_per_enterprise"]
        assert per_enterprise.state is State.ZERO_DENOMINATOR
        assert found["timely_rate"].value == Fraction(3, 4)
        assert found["compliance_rate"].value == 1
        assert found["reporting_rate"].value == Fraction(4, 5)
        assert found["objections_per_record"].value == 0

    def test_divides_by_the_organizations_of_the_last_month(self, handed_in):
        found = queries.count(
            months=queries.months_to("2019-06", 2), on=date(2019, 7, 1)
        ).figures

        active = found["registered_enterprises"].numerator
        assert active > 100
        per_enterprise = found["double_publicity_per_enterprise"]
        assert per_enterprise.value == Fraction(4, active)

    def test_knows_what_it_does_not_know(self, city):
        found = figures()

        assert found["government_arrears"].state is State.NOT_HELD
        assert found["timely_rate"].state is State.ZERO_DENOMINATOR
        assert found["reporting_rate"].state is State.NOT_DECLARED
        assert found["repair_mean_days"].value is None

    def test_counts_every_input_that_is_held_and_no_other(self, city):
        unknown = {
            name for name, each in figures().items() if each.state is State.NOT_HELD
        }

        held = {name for name, each in rulebook.inputs().items() if each.held}
        # Arrears are held, and no figure before somebody reports one.
        assert unknown == set(rulebook.inputs()) - held | {"government_arrears"}

    def test_fills_the_rows_of_both_packs(self, city):
        found = figures()

        for pack in rulebook.packs():
            rows = queries.rows(pack, found)
            assert {row.indicator.name for row in rows} == {
                each.name for each in pack.indicators
            }


class TestCut:
    def test_keeps_what_was_counted_whatever_comes_later(self, handed_in):
        operations.cut(months=MAY, actor=OFFICE, at=JULY)
        duties.declare_production(
            actor=CLERK, unit="U01", dataset="permit", period="2019-05",
            production=Production(4, 4), at=JULY,
        )  # fmt: skip

        [kept] = queries.trend("reporting_rate")
        operations.cut(months=MAY, actor=OFFICE, at=JULY)
        [again] = queries.trend("reporting_rate")

        assert kept.figures["reporting_rate"].value == Fraction(4, 5)
        assert again.figures["reporting_rate"].value == 1
        assert kept.ledger_size < again.ledger_size
        assert len(queries.list_cuts()) == 2

    def test_is_for_months_that_are_over_and_for_the_office(self, city):
        with pytest.raises(queries.MonthNotOverError):
            operations.cut(months=("2019-07",), actor=OFFICE, at=JULY)
        with pytest.raises(NotAllowedError):
            operations.cut(months=MAY, actor=CLERK, at=JULY)


class TestPeers:
    def test_are_taken_with_their_source_and_replaced(self, city):
        row = "示例甲市,2019-05,{input},{value},示例网站,2019-06-10"
        lines = [
            row.format(input="correction_rate", value="0.98"),
            row.format(input="index", value="84.21"),
        ]
        content = "\n".join([HEADER, *lines]).encode("utf-8-sig")

        told = operations.import_peers(content=content, actor=OFFICE, at=JULY)
        operations.import_peers(content=content, actor=OFFICE, at=JULY)

        assert (told.rows_read, told.taken, told.refused) == (2, 2, ())
        assert [each.value for each in queries.list_peers(period="2019-05")] == [
            Decimal("0.98"), Decimal("84.21"),
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("row", "code"),
        [
            ("示例甲市,2019-05,odd,1,网站,2019-06-10", "UNKNOWN_INPUT"),
            ("示例甲市,2019-13,index,1,网站,2019-06-10", "DATE_FORMAT"),
            ("示例甲市,2019-05,index,NaN,网站,2019-06-10", "AMOUNT"),
            ("示例甲市,2019-05,index,一,网站,2019-06-10", "AMOUNT"),
            ("示例甲市,2019-05,index,1,,2019-06-10", "REQUIRED"),
            ("示例甲市,2019-05,index,1,网站,2031-06-10", "DATE_FUTURE"),
            ("示例甲市,2019-05,index,1,210899199001010012,2019-06-10", "PERSONAL_ID"),
        ],
    )
    def test_are_refused_row_by_row(self, city, row, code):
        content = f"{HEADER}\n{row}\n".encode()

        told = operations.import_peers(content=content, actor=OFFICE, at=JULY)

        assert [each.code for each in told.refused] == [code]
        assert queries.list_peers(period="2019-05") == ()

    @pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"a,b\n1,2\n"])
    def test_are_no_file_of_another_form(self, city, content):
        size = ledger.size()

        with pytest.raises(UnreadableListError):
            operations.import_peers(content=content, actor=OFFICE, at=JULY)

        assert ledger.size() == size


class TestProtection:
    def test_finds_nothing_in_the_shipped_catalog(self, city):
        assert queries.count_used(on=date(2019, 7, 1)) > 30
        assert queries.breaches(on=date(2019, 7, 1)) == ()

    def test_would_find_one(self, city, monkeypatch):
        bad = protection.Used("dataset", "x", "信访秩序", (), True)
        monkeypatch.setattr(queries, "_used", lambda on: iter([bad]))

        [breach] = queries.breaches(on=date(2019, 7, 1))

        assert (breach.word, breach.matter.name) == ("信访", "petition")
