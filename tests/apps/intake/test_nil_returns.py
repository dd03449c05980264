"""Nil returns: an explicit statement, once, and never against the records."""

from __future__ import annotations

import io

import pytest

from tests.factories import files
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.intake import nil_returns, operations, queries
from xinheng.apps.ledger import queries as ledger

pytestmark = pytest.mark.usefixtures("city")


def file(actor, at, *, period="2019-05"):
    return nil_returns.file_nil_return(
        actor=actor, unit="U01", dataset="permit", period=period, at=at
    )


class TestFileNilReturn:
    def test_stands_in_the_ledger(self, clerk, received_at):
        filed = file(clerk, received_at)

        assert ledger.get_entry(filed.ledger_seq).kind == "nil_return.filed"
        assert queries.list_nil_returns(
            period="2019-05", ledger_size=ledger.size()
        ) == [("U01", "permit")]

    def test_is_answered_with_the_first_when_filed_again(self, clerk, received_at):
        assert file(clerk, received_at) == file(clerk, received_at)

    def test_is_refused_where_records_exist(self, clerk, received_at):
        content = io.BytesIO(files.as_csv(files.permit_rows(2)))
        operations.submit(
            operations.HandIn(clerk, "U01", "permit", "2019-05", "p.csv", content),
            at=received_at,
        )

        with pytest.raises(nil_returns.NilReturnRefusedError) as refused:
            file(clerk, received_at)

        assert refused.value.code == "RECORDS_EXIST"

    def test_is_refused_for_a_month_that_has_not_begun(self, clerk, received_at):
        with pytest.raises(nil_returns.NilReturnRefusedError) as refused:
            file(clerk, received_at, period="2019-07")

        assert refused.value.code == "PERIOD_FUTURE"

    def test_is_refused_in_another_units_name(self, received_at):
        other = Actor("clerk-of-u02", units=frozenset({"U02"}))

        with pytest.raises(NotAllowedError):
            file(other, received_at)
