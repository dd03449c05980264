"""What a row states twice, and rules about the whole dataset."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.pipeline.conftest import findings
from xinheng.rulebook import catalog, samples


@pytest.fixture
def penalty():
    return catalog.dataset("penalty")


@pytest.fixture
def fined(penalty):
    """One valid penalty: a fine of 2,000 yuan."""
    (row,) = samples.sample_rows(penalty, rows=1)
    row[penalty.field("penalty_types").title] = "罚款"
    row[penalty.field("penalty_content").title] = "罚款2000元"
    row[penalty.field("fine_amount").title] = "0.2"
    row[penalty.field("confiscated_amount").title] = ""
    return row


class TestAmounts:
    def test_that_agree_pass(self, check, penalty, fined):
        assert findings(check([fined], dataset=penalty)) == []

    def test_in_yuan_are_asked_about(self, check, penalty, fined):
        fined[penalty.field("fine_amount").title] = "2000"

        report = check([fined], dataset=penalty)

        assert findings(report) == [(1, "fine_amount", "AMOUNT_UNIT")]
        assert report.questionable == 1

    def test_of_what_is_confiscated_are_compared_with_their_own_word(
        self, check, penalty, fined
    ):
        title = penalty.field("penalty_content").title
        fined[title] = "没收违法所得3000元，罚款2000元"
        fined[penalty.field("confiscated_amount").title] = "3000"

        report = check([fined], dataset=penalty)

        assert findings(report) == [(1, "confiscated_amount", "AMOUNT_UNIT")]

    def test_are_compared_only_where_both_are_given(self, check, penalty, fined):
        fined[penalty.field("penalty_types").title] = "警告"
        fined[penalty.field("fine_amount").title] = ""

        assert findings(check([fined], dataset=penalty)) == []


class TestLegalBasis:
    def test_is_asked_for_before_any_row_is_taken(self, check, permit, rows):
        report = check(rows, dataset=replace(permit, legal_basis=()))

        assert findings(report) == [(row, "", "NO_LEGAL_BASIS") for row in (1, 2, 3)]
        assert report.rejected == 3
