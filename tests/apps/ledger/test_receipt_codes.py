"""Codes of receipts: they name one entry and can't be made from what is public."""

from __future__ import annotations

import re

import pytest

from xinheng.apps.ledger import models, queries, receipt_codes
from xinheng.apps.ledger.receipt_codes import ErasedReceiptError, UnknownCodeError


@pytest.fixture
def code(db, append):
    for number in range(3):
        append(number)
    return receipt_codes.code_of(queries.get_entry(1))


class TestFind:
    def test_names_the_entry(self, code):
        assert re.fullmatch(receipt_codes.PATTERN, code)
        assert receipt_codes.find(code).seq == 1

    def test_takes_what_a_person_typed(self, code):
        typed = f" {code.lower().replace('0', 'o').replace('1', 'l', 1)} "

        assert receipt_codes.normalized(typed) == code

    def test_refuses_the_same_signs_at_another_place(self, code):
        with pytest.raises(UnknownCodeError):
            receipt_codes.find(f"2-{code.partition('-')[2]}")

    @pytest.mark.parametrize(
        "wrong", ["", "1", "1-0000-0000-0000-0000", "9-0000-0000-0000-0000", "١-0000"]
    )
    def test_refuses_anything_else(self, code, wrong):
        with pytest.raises(UnknownCodeError):
            receipt_codes.find(wrong)

    def test_tells_that_the_content_was_erased(self, code, lift_guards):
        models.Entry.objects.filter(seq=1).update(body=None, salt=None)

        with pytest.raises(ErasedReceiptError):
            receipt_codes.find(code)
