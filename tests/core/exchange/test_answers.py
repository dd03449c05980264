"""What is no answer, or contradicts itself, is never followed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.exchange import answers
from xinheng.core.exchange.answers import Kind, RowState

KEYS = ("a", "b")


def parsed(**said):
    return answers.parse(
        json.dumps({"package": "p", **said}).encode(), package="p", keys=KEYS
    )


class TestParse:
    @pytest.mark.parametrize(
        "data", [b"", b"<html>", b"[]", b"{}", b'{"status":"fine"}', b"\xff", b"null"]
    )
    def test_calls_what_is_no_answer_by_its_name(self, data):
        answer = answers.parse(data, package="p", keys=KEYS)

        assert (answer.kind, answer.oddities) == (Kind.MALFORMED, ("ANSWER_FORM",))

    @given(st.binary(max_size=60))
    def test_never_raises_and_never_accepts_rubbish(self, data):
        assert answers.parse(data, package="p", keys=KEYS).kind is not Kind.ACCEPTED

    def test_does_not_follow_an_answer_to_another_package(self):
        assert parsed(status="accepted", package="q").oddities == (
            "ANSWER_OTHER_PACKAGE",
        )

    def test_leaves_out_rows_that_were_never_sent(self):
        answer = parsed(
            status="partial",
            rows=[
                {"key": "a", "status": "accepted"},
                {"key": "z", "status": "accepted"},
            ],
        )

        assert set(answer.rows) == {"a"}
        assert answer.oddities == ("ROW_NEVER_SENT",)

    @pytest.mark.parametrize(
        ("status", "row"), [("accepted", "refused"), ("refused", "accepted")]
    )
    def test_does_not_follow_a_contradiction(self, status, row):
        answer = parsed(status=status, rows=[{"key": "a", "status": row}])

        assert answer.kind is Kind.MALFORMED

    def test_keeps_no_number_of_a_natural_person(self):
        answer = parsed(status="refused", code="R", message="210899199001010012 有误")

        assert (answer.code, answer.message) == ("R", "***")


class TestParseStates:
    def test_holds_a_key_of_which_nothing_is_said_for_unknown(self):
        found = answers.parse_states(b'{"rows":[]}', keys=KEYS)

        assert {each.state for each in found.values()} == {RowState.UNKNOWN}

    @pytest.mark.parametrize("data", [b"", b"[]", b'{"rows":[{"key":"a"}]}'])
    def test_is_null_for_what_is_no_answer(self, data):
        assert answers.parse_states(data, keys=KEYS) is None
