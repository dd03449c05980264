from __future__ import annotations

import pytest

from xinheng.core.procedures import acting
from xinheng.core.procedures.acting import Asked, Past, Refusal
from xinheng.core.procedures.tables import Party
from xinheng.rulebook import redress

OFFICE = frozenset({Party.OFFICE})
UNIT = frozenset({Party.UNIT})
PAST = (
    Past("submit", Party.APPLICANT, "agent"),
    Past("accept", Party.OFFICE, "first"),
    Past("verify", Party.UNIT, "clerk"),
)


def refusal(asked: Asked, *, state: str = "verified", past=PAST):
    table = redress.objection().procedure
    return acting.find_refusal(table, asked, state=state, past=past)


class TestFindRefusal:
    def test_lets_a_second_person_reject(self):
        assert (
            refusal(Asked("decide", OFFICE, "second", "查无此事", "rejected")) is None
        )

    @pytest.mark.parametrize("outcome", ["rejected", "partly"])
    @pytest.mark.parametrize("person", ["first", "clerk"])
    def test_refuses_the_same_person_where_the_result_is_adverse(self, person, outcome):
        asked = Asked("decide", OFFICE, person, "查无此事", outcome)

        assert refusal(asked) is Refusal.SAME_PERSON

    def test_lets_one_person_do_what_was_asked_for(self):
        assert refusal(Asked("decide", OFFICE, "first", "属实", "upheld")) is None

    @pytest.mark.parametrize("outcome", ["upheld", "rejected"])
    def test_refuses_everybody_of_the_first_instance_in_the_second(self, outcome):
        past = (*PAST, Past("decide", Party.OFFICE, "second"))

        for person in ("first", "second", "clerk"):
            asked = Asked("review", OFFICE, person, "复核", outcome)
            found = refusal(asked, state="appealed", past=past)
            assert found is Refusal.SAME_PERSON
        third = Asked("review", OFFICE, "third", "复核", outcome)
        assert refusal(third, state="appealed", past=past) is None

    @pytest.mark.parametrize(
        ("asked", "state", "expected"),
        [
            (Asked("decide", OFFICE, "x", "r", "upheld"), "submitted", Refusal.NOT_NOW),
            (Asked("decide", UNIT, "x", "r", "upheld"), "verified", Refusal.NOT_YOURS),
            (Asked("decide", OFFICE, "x", "  ", "upheld"), "verified", Refusal.REASON),
            (Asked("decide", OFFICE, "x", "r"), "verified", Refusal.OUTCOME),
            (
                Asked("decide", OFFICE, "x", "r", "repaired"),
                "verified",
                Refusal.OUTCOME,
            ),
            (Asked("fly", OFFICE, "x", "r"), "verified", Refusal.NOT_NOW),
            (Asked("submit", OFFICE, "x"), "closed", Refusal.NOT_NOW),
        ],
    )
    def test_names_the_rule(self, asked, state, expected):
        assert refusal(asked, state=state) is expected

    def test_gives_a_second_instance_once(self):
        agent = frozenset({Party.APPLICANT})
        past = (*PAST, Past("appeal", Party.APPLICANT, "agent"))

        asked = Asked("appeal", agent, "agent", "仍不同意")

        assert refusal(asked, state="notified", past=past) is Refusal.ONCE
        assert refusal(asked, state="notified") is None

    def test_every_refusal_has_its_texts(self):
        assert {each.value for each in Refusal} <= set(redress.refusals())
