"""Campaigns and activities in the monthly table and in the bulletin."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.factories import campaigns as made
from tests.factories import redress
from tests.factories.redress import FIRST, by
from xinheng.apps.campaigns import operations
from xinheng.apps.indicators import counting
from xinheng.apps.indicators.counting import Span
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.organizations.models import Organization
from xinheng.apps.records.models import Record
from xinheng.apps.statistics import behind, facts, queries
from xinheng.apps.statistics.composing import Heading, Told, compose

MAY = "2019-05"


@pytest.fixture
def body(founded):
    return redress.a_body(with_unit=False)


@pytest.fixture
def target(body):
    target = made.a_target(made.a_campaign(lead=body.unit), body)
    operations.record_act(target=target, done=made.REMINDER, by=by(body.clerk))
    return target


def cell(unit, category, *, size=None):
    table = queries.table(period=MAY, ledger_size=size)
    place = [column.name for column in table.columns].index(category)
    return next(row for row in table.units if row.unit.code == unit).cells[place]


class TestTable:
    def test_counts_a_reminder_from_its_entry_on(self, body, target):
        size = ledger.size()

        assert cell(body.unit, "reminder_interview") == 1
        assert cell(body.unit, "reminder_interview", size=size - 1) == 0

    def test_counts_no_reminder_of_a_target_that_was_withdrawn(self, body, target):
        size = ledger.size()
        operations.withdraw_target(target=target, by=by(FIRST, reason="列错"))

        assert cell(body.unit, "reminder_interview") == 0
        assert cell(body.unit, "reminder_interview", size=size) == 1

    def test_counts_an_activity_once_approved_in_the_month_of_its_day(self, body):
        later = replace(made.TOLD, number="2号", held_on=date(2019, 6, 1))
        made.an_approved_activity(body)
        made.an_approved_activity(body, later)

        assert cell(body.unit, "integrity_campaign") == 1
        found = behind.look(
            period=MAY,
            unit=body.unit,
            category="integrity_campaign",
            ledger_size=None,
            on=date(2019, 6, 3),
        )
        assert (found.count, found.acts) == (1, (made.DAY,))

    def test_counts_once_what_is_a_record_under_the_same_number(
        self, body, target, report
    ):
        made.an_approved_activity(body)
        for dataset, number, of in (
            ("integrity_campaign", made.TOLD.number, None),
            ("reminder_interview", made.REMINDER.document_no, body.uscc),
        ):
            report(body.unit, dataset, 1)
            record = Record.objects.get(dataset=dataset)
            record.body = f'{{"document_no":"{number}"}}'
            record.organization = Organization.objects.filter(uscc=of).first()
            record.save()

            assert cell(body.unit, dataset) == 1


class TestBulletin:
    def test_tells_how_far_campaigns_are_and_names_no_target(self, body, target):
        size = ledger.size()
        made.settle(target, body)

        def rows(ledger_size):
            table = queries.table(period=MAY, ledger_size=ledger_size)
            found = facts.gather(table, as_of=date(2019, 6, 3))
            document = compose(Told(found, Heading(), (), is_demo=True))
            [section] = [s for s in document.sections if s.key == "campaigns"]
            assert "甲食品" not in str(section)
            [row] = section.blocks[0].table.rows
            return [one.text for one in row[2:]]

        assert rows(size) == ["进行中", "1", "0", "1"]
        assert rows(ledger.size()) == ["进行中", "1", "1", "1"]


class TestIndicators:
    def test_count_approved_activities_and_arrears_once_somebody_reports_them(
        self, body, report
    ):
        made.an_approved_activity(body)

        def counted():
            found = counting.count(Span((MAY,), ledger.size()), on=date(2019, 6, 3))
            return found["integrity_campaigns"], found["government_arrears"]

        assert counted() == ((1, None), (None, None))
        report(body.unit, "government_arrears", 2)
        record = Record.objects.filter(dataset="government_arrears").first()
        record.body = '{"settled_on":"2019-05-30"}'
        record.save()
        assert counted() == ((1, None), (1, None))
