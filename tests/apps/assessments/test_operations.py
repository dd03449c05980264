"""A round from its opening to the notice, on records that were handed in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.factories import files
from tests.factories.hand_ins import hand_in
from xinheng.apps.accounts.actors import OPERATOR, Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.assessments import appeals, notices, operations, queries, schemes
from xinheng.apps.assessments.operations import Number, RoundRefusedError, Where
from xinheng.apps.cases.operations import By
from xinheng.apps.duties import operations as duties
from xinheng.apps.duties.operations import Production
from xinheng.apps.intake import operations as intake
from xinheng.apps.ledger import queries as ledger
from xinheng.core.assessments.rounds import Refusal, State
from xinheng.core.assessments.scoring import Reason, Verdict
from xinheng.core.submissions.reasons import ReasonError
from xinheng.rulebook import assessments as rulebook
from xinheng.rulebook.assessments import FaultySchemeError

MAY = "2019-05"
DAY = "许可决定日期"
IN_TIME = datetime(2019, 5, 13, 2, 0, tzinfo=UTC)
JULY = datetime(2019, 7, 1, 2, 0, tzinfo=UTC)
CLERK = Actor("clerk-of-u01", units=frozenset({"U01"}))
ONE, TWO, THREE = (
    Actor(name, sees_all_units=True, may_decide=True)
    for name in ("office-1", "office-2", "office-3")
)
ARTICLES = ("publicity_articles", Number(Decimal(4)))


def by(actor, at=JULY):
    return By(actor, at)


def refusal(act, **asked):
    with pytest.raises(RoundRefusedError) as refused:
        act(**asked)
    return refused.value.reason


@pytest.fixture
def handed_in(city):
    """U01 owes permits, handed 4 in on time, and declared 5 of which 4 on its site."""
    duties.assign(
        actor=OPERATOR, unit="U01", dataset="permit",
        effective_on=date(2019, 5, 1), at=IN_TIME,
    )  # fmt: skip
    rows = [
        {**row, DAY: "2019-05-06", "有效期自": "2019-05-06"}
        for row in files.permit_rows(4)
    ]
    intake.submit(hand_in(CLERK, rows), at=IN_TIME)
    duties.declare_production(
        actor=CLERK, unit="U01", dataset="permit", period=MAY,
        production=Production(5, 4, "一件未报"), at=datetime(2019, 6, 3, tzinfo=UTC),
    )  # fmt: skip


@pytest.fixture
def adopted(handed_in):
    [shipped] = rulebook.schemes()
    number = schemes.propose(scheme=shipped, by=by(OPERATOR))
    schemes.adopt(scheme=number, by=by(ONE))
    return number


@pytest.fixture
def opened(adopted):
    return operations.open_round(
        scheme=adopted, first_month=MAY, last_month=MAY, by=by(ONE)
    )


def where(number, item="publicity_articles", unit="U01"):
    return Where(number, unit, item)


def claim(number, **changes):
    asked = {
        "where": where(number),
        "claimed": Number(Decimal(4)),
        "evidence": "信用示例网 2019年5月稿件四篇",
        "by": by(CLERK),
    }
    operations.claim(**(asked | changes))


def give(number, **changes):
    asked = {
        "where": where(number),
        "given": Number(Decimal(3)),
        "remark": "一篇重复",
        "by": by(ONE),
    }
    operations.give(**(asked | changes))


def line(number, item, *, actor=CLERK):
    lines = queries.sheet(actor=actor, number=number, unit="U01", on=date(2019, 7, 1))
    return next(each for each in lines if each.item.name == item)


def points(number, item):
    return line(number, item, actor=ONE).score.points


class TestScheme:
    def test_refuses_points_that_do_not_add_up(self, city):
        [shipped] = rulebook.schemes()

        with pytest.raises(FaultySchemeError) as refused:
            schemes.propose(
                scheme=replace(shipped, points=Decimal(101)), by=by(OPERATOR)
            )

        [fault] = refused.value.faults
        assert (fault.stated, fault.computed) == (101, 100)

    def test_is_adopted_by_a_second_person(self, city):
        [shipped] = rulebook.schemes()
        number = schemes.propose(scheme=shipped, by=by(ONE))

        with pytest.raises(schemes.SecondPersonError):
            schemes.adopt(scheme=number, by=by(ONE))
        with pytest.raises(NotAllowedError):
            schemes.adopt(scheme=number, by=by(CLERK))

        assert queries.get_scheme(number).adopted_at is None

    def test_keeps_one_text_under_a_name_and_edition(self, city):
        [shipped] = rulebook.schemes()
        number = schemes.propose(scheme=shipped, by=by(ONE))

        assert schemes.propose(scheme=shipped, by=by(TWO)) == number
        with pytest.raises(schemes.SchemeTakenError):
            schemes.propose(scheme=replace(shipped, title="另一个"), by=by(TWO))

    def test_can_be_tried_on_past_months_before_it_is_adopted(self, handed_in):
        [shipped] = rulebook.schemes()
        before = ledger.size()

        ranking = queries.simulate(
            actor=ONE, scheme=shipped, months=(MAY,), on=date(2019, 7, 1)
        )

        [first] = [each for each in ranking if each.unit_code == "U01"]
        assert first.total.left_out == 13  # 12 by hand, and no data but permits
        # 6.40 volume + 3 in time + 6 stored + 3 accurate + 12 return + 9.60 own site
        assert (first.total.points, first.total.countable) == (Decimal("40.00"), 57)
        assert ledger.size() == before


class TestRound:
    def test_is_opened_only_by_an_adopted_scheme_for_months_that_are_over(self, city):
        [shipped] = rulebook.schemes()
        number = schemes.propose(scheme=shipped, by=by(OPERATOR))
        asked = {"scheme": number, "first_month": MAY, "by": by(ONE)}

        found = refusal(operations.open_round, last_month=MAY, **asked)
        schemes.adopt(scheme=number, by=by(ONE))
        operations.open_round(last_month=MAY, **asked)

        assert found is Refusal.STATE
        assert refusal(operations.open_round, last_month="2019-07", **asked) is (
            Refusal.PERIOD
        )
        assert refusal(operations.open_round, last_month=MAY, **asked) is (
            Refusal.OVERLAP
        )

    def test_draws_no_conclusion_before_it_is_published(self, opened):
        ranking = queries.ranking(actor=ONE, number=opened, on=date(2019, 7, 1))

        assert {each.verdict for each in ranking} == {Verdict.NEITHER}

    def test_counts_what_the_register_holds(self, opened):
        assert points(opened, "volume") == Decimal("6.40")  # 4 of 5 x 8
        assert points(opened, "own_site") == Decimal("9.60")
        assert points(opened, "monthly_return") == 12
        assert points(opened, "timely_double") == 3
        assert points(opened, "joint_cases") == 0
        left_out = line(opened, "timely_other", actor=ONE).score
        assert left_out.reason is Reason.ZERO_DENOMINATOR

    def test_takes_a_claim_and_the_office_gives_what_it_finds(self, opened):
        claim(opened)
        give(opened)

        found = line(opened, "publicity_articles")

        assert found.entry.claimed_number == 4
        assert (found.score.points, found.score.reason) == (
            Decimal("1.50"), Reason.GIVEN,
        )  # fmt: skip

    def test_refuses_what_an_item_can_not_have(self, opened):
        half = Number(Decimal("1.5"))
        counted = where(opened, "volume")
        manual = where(opened, "awards")

        assert refusal(claim, number=opened, claimed=half) is Refusal.NUMBER
        assert refusal(claim, number=opened, where=counted) is Refusal.COUNTED
        assert (
            refusal(claim, number=opened, where=manual, claimed=Number(Decimal(5)))
            is Refusal.NUMBER
        )
        with pytest.raises(NotAllowedError):
            claim(opened, where=where(opened, unit="U02"))
        with pytest.raises(queries.UnknownRoundError):
            claim(opened, where=where(opened, "nothing"))

    def test_keeps_no_number_of_a_person(self, opened):
        with pytest.raises(ReasonError):
            claim(opened, evidence="经办人 210899199001010012")

    def test_is_published_by_who_scored_nothing_once_all_claims_are_scored(
        self, opened
    ):
        claim(opened)
        unscored = refusal(operations.publish, number=opened, by=by(TWO))
        give(opened)
        same = refusal(operations.publish, number=opened, by=by(ONE))
        operations.publish(number=opened, by=by(TWO))

        assert (unscored, same) == (Refusal.UNSCORED, Refusal.SAME_PERSON)
        item = queries.get_round(actor=CLERK, number=opened)
        assert (item.state, item.appeal_until) == (State.PUBLISHED, date(2019, 7, 8))

    def test_stands_as_it_was_published_whatever_comes_later(self, opened):
        operations.publish(number=opened, by=by(TWO))
        duties.declare_production(
            actor=CLERK, unit="U01", dataset="permit", period=MAY,
            production=Production(4, 4), at=JULY,
        )  # fmt: skip

        assert points(opened, "volume") == Decimal("6.40")

    def test_shows_a_unit_its_own_sheet_alone_and_no_ranking_before(self, opened):
        asked = {"actor": CLERK, "number": opened, "on": date(2019, 7, 1)}

        assert queries.ranking(**asked) == ()
        with pytest.raises(queries.UnknownRoundError):
            queries.sheet(unit="U02", **asked)
        operations.publish(number=opened, by=by(TWO))
        assert len(queries.ranking(**asked)) == 48


AFTER = datetime(2019, 7, 9, 2, 0, tzinfo=UTC)


class TestAppeal:
    def test_is_answered_by_somebody_else_and_moves_the_score(self, opened):
        claim(opened)
        give(opened)
        operations.publish(number=opened, by=by(TWO))
        appeals.file(where=where(opened), text="四篇均不重复", by=by(CLERK))
        asked = {"where": where(opened), "points": Decimal(2), "text": "核实无误"}

        early = refusal(operations.close, number=opened, by=by(TWO))
        waits = refusal(operations.close, number=opened, by=by(TWO, AFTER))
        same = refusal(appeals.answer, by=by(ONE), **asked)
        appeals.answer(by=by(THREE), **asked)
        operations.close(number=opened, by=by(TWO, AFTER))

        assert (early, waits) == (Refusal.TOO_EARLY, Refusal.UNANSWERED)
        assert same is Refusal.SAME_PERSON
        found = line(opened, "publicity_articles")
        assert (found.score.points, found.appeal.points_before) == (2, Decimal("1.5"))

    def test_is_filed_once_and_in_time(self, opened):
        operations.publish(number=opened, by=by(TWO))
        asked = {"where": where(opened, "volume"), "text": "漏计一件"}

        late = refusal(appeals.file, by=by(CLERK, AFTER), **asked)
        appeals.file(by=by(CLERK), **asked)

        assert late is Refusal.TOO_LATE
        assert refusal(appeals.file, by=by(CLERK), **asked) is Refusal.TWICE


class TestNotice:
    def test_waits_for_the_end_of_the_round_and_follows_from_the_result(self, opened):
        operations.publish(number=opened, by=by(TWO))
        early = refusal(notices.issue, number=opened, unit="U01", by=by(TWO))
        operations.close(number=opened, by=by(TWO, AFTER))
        ranking = queries.ranking(actor=ONE, number=opened, on=date(2019, 7, 9))
        stands = {each.unit_code: each.verdict for each in ranking}

        assert early is Refusal.STATE
        assert stands["U01"] is Verdict.CRITICIZED  # nothing was claimed
        assert notices.issue(number=opened, unit="U01", by=by(TWO, AFTER))

    def test_is_a_pdf_that_the_unit_can_read(self, handed_in):
        [shipped] = rulebook.schemes()
        easy = replace(shipped, commend_from=Decimal("0.3"), criticize_below=Decimal(0))
        number = schemes.propose(scheme=easy, by=by(OPERATOR))
        schemes.adopt(scheme=number, by=by(ONE))
        opened = operations.open_round(
            scheme=number, first_month=MAY, last_month=MAY, by=by(ONE)
        )
        operations.publish(number=opened, by=by(TWO))
        operations.close(number=opened, by=by(TWO, AFTER))

        digest = notices.issue(number=opened, unit="U01", by=by(TWO, AFTER))
        again = notices.issue(number=opened, unit="U01", by=by(ONE, AFTER))

        other = Actor("clerk-of-u02", units=frozenset({"U02"}))
        read = {"number": opened, "unit": "U01"}
        neither = refusal(notices.issue, number=opened, unit="U02", by=by(ONE, AFTER))
        assert (digest, neither) == (again, Refusal.VERDICT)
        assert notices.list_archived() == (f"documents/{digest[:2]}/{digest}.pdf",)
        assert notices.read(actor=CLERK, **read).startswith(b"%PDF")
        assert notices.read(actor=other, **read) is None
