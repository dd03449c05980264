"""Who may take a round on, and when."""

from __future__ import annotations

from datetime import date

from xinheng.core.assessments import rounds
from xinheng.core.assessments.rounds import Refusal, Round, State

LAST = date(2019, 6, 14)
OPEN = Round(State.OPEN, frozenset({"zhang"}))
TOLD = Round(State.PUBLISHED, frozenset({"zhang"}), appeal_until=LAST)


class TestMayPublish:
    def test_lets_a_second_person_do_it(self):
        assert rounds.may_publish(OPEN, person="li") is None
        assert rounds.may_publish(OPEN, person="zhang") is Refusal.SAME_PERSON

    def test_waits_for_every_claim(self):
        waiting = Round(State.OPEN, frozenset(), unscored=1)

        assert rounds.may_publish(waiting, person="li") is Refusal.UNSCORED
        assert rounds.may_publish(TOLD, person="li") is Refusal.STATE


class TestMayAppeal:
    def test_ends_with_the_last_day(self):
        assert rounds.may_appeal(TOLD, on=LAST) is None
        assert rounds.may_appeal(TOLD, on=date(2019, 6, 15)) is Refusal.TOO_LATE
        assert rounds.may_appeal(OPEN, on=LAST) is Refusal.STATE


class TestMayClose:
    def test_waits_for_the_window_and_the_answers(self):
        after = date(2019, 6, 15)
        waiting = Round(State.PUBLISHED, frozenset(), appeal_until=LAST, unanswered=1)

        assert rounds.may_close(TOLD, on=LAST) is Refusal.TOO_EARLY
        assert rounds.may_close(waiting, on=after) is Refusal.UNANSWERED
        assert rounds.may_close(TOLD, on=after) is None
        assert rounds.may_close(OPEN, on=after) is Refusal.STATE
