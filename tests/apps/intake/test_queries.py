"""Reading submissions: only one's own, the same each time, page by page."""

from __future__ import annotations

import io

import pytest

from tests.factories import files
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.intake import operations, queries
from xinheng.apps.ledger import queries as ledger

pytestmark = pytest.mark.usefixtures("city")


def hand_in(actor, rows):
    content = io.BytesIO(files.as_csv(rows))
    return operations.HandIn(actor, "U01", "permit", "2019-05", "permits.csv", content)


class TestListFindings:
    def test_turns_pages_and_looks_for_one_rule(self, clerk, received_at):
        rows = files.permit_rows(60)
        for row in rows:
            row["许可决定日期"] = "昨天"
        rows[7]["许可内容"] = ""
        done = operations.submit(hand_in(clerk, rows), at=received_at)

        def seen(**change):
            return queries.list_findings(
                actor=clerk, submission=done.id, language="en", **change
            )

        wanted = seen(rule="DATE_FORMAT")
        assert (wanted.total, wanted.pages, len(wanted.items)) == (60, 2, 50)
        assert [each.row for each in seen(rule="DATE_FORMAT", page=2).items] == list(
            range(51, 61)
        )
        assert seen(rule="DATE_FORMAT", page=10**30).items == ()
        assert seen(rule="NOTHING").total == 0


class TestReceipt:
    def test_stays_the_same_while_the_ledger_grows(self, clerk, received_at):
        done = operations.submit(hand_in(clerk, files.permit_rows(1)), at=received_at)
        first = queries.receipt(actor=clerk, submission=done.id)
        operations.submit(hand_in(clerk, files.permit_rows(2)), at=received_at)

        assert queries.receipt(actor=clerk, submission=done.id) == first


class TestListMonth:
    def test_shows_a_unit_only_to_who_may_see_it(self, clerk, received_at):
        operations.submit(hand_in(clerk, files.permit_rows(2)), at=received_at)
        stranger = Actor("clerk-of-u02", units=frozenset({"U02"}))

        def seen(actor):
            return queries.list_month(actor=actor, unit="U01", period="2019-05")

        assert [(each.dataset, each.records) for each in seen(clerk)] == [("permit", 2)]
        assert seen(stranger) == ()


class TestUnitsThatSubmitted:
    def test_are_those_whom_the_ledger_of_a_size_knew(self, clerk, received_at):
        before = ledger.size()
        operations.submit(hand_in(clerk, files.permit_rows(1)), at=received_at)

        def known(size):
            return queries.units_that_submitted(period="2019-05", ledger_size=size)

        assert (known(before), known(before + 1)) == (set(), {"U01"})


class TestListSubmissions:
    def test_shows_a_unit_its_own_and_the_office_all(self, clerk, received_at):
        operations.submit(hand_in(clerk, files.permit_rows(1)), at=received_at)
        stranger = Actor("clerk-of-u02", units=frozenset({"U02"}))
        office = Actor("office", sees_all_units=True)

        def seen(actor):
            return queries.list_submissions(actor=actor).total

        assert (seen(clerk), seen(stranger), seen(office)) == (1, 0, 1)

    def test_hides_a_submission_from_another_unit(self, clerk, received_at):
        done = operations.submit(hand_in(clerk, files.permit_rows(1)), at=received_at)
        stranger = Actor("clerk-of-u02", units=frozenset({"U02"}))

        with pytest.raises(queries.UnknownSubmissionError):
            queries.get_submission(actor=stranger, submission=done.id)
