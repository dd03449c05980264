"""What a landing makes a person ask, and what stops publication."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from tests.factories import files
from tests.factories.waiting import AT, LATER, OFFICE, clerk_of, submit
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.intake import operations, questions
from xinheng.apps.intake.models import Question
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.ledger.models import Entry
from xinheng.apps.records import publication
from xinheng.apps.records import queries as records
from xinheng.apps.records.models import PublicationHold, Record
from xinheng.core.submissions.reasons import ReasonError
from xinheng.rulebook import catalog, samples
from xinheng.rulebook.plausibility import doubts

pytestmark = pytest.mark.usefixtures("city")

DAYS = ("27", "28", "29", "30", "31")


def rows_of(month: str, count: int, *, dataset: str = "permit", tag: str = ""):
    """Return rows of a month with numbers of their own, on several days."""
    rows = samples.sample_rows(catalog.dataset(dataset), rows=count, seed=0)
    item = catalog.dataset(dataset)
    day, number = item.field(item.decided_on).title, item.field("decision_no").title
    return [
        {**row, day: f"{month}-{n % 25 + 1:02d}", number: f"示字{month}{tag}{n}号"}
        for n, row in enumerate(rows)
    ]


def usual_months(count: int, months=("2019-01", "2019-02", "2019-03", "2019-04")):
    for month in months:
        done = submit(rows_of(month, count), period=month, at=moment(month))
        assert done.verdict.new == count


def moment(month: str) -> datetime:
    """Return a moment in the month after."""
    year, number = int(month[:4]), int(month[5:])
    return datetime(year + number // 12, number % 12 + 1, 3, 2, 0, tzinfo=UTC)


def asked() -> dict[str, dict]:
    return {each.rule: each.details for each in Question.objects.all()}


class TestCountsOfAMonth:
    def test_that_are_usual_raise_nothing(self):
        usual_months(40)
        submit(rows_of("2019-05", 50), at=AT)

        assert asked() == {}
        assert PublicationHold.objects.count() == 0

    def test_that_explode_are_asked_about_and_withheld(self):
        usual_months(4)

        done = submit(rows_of("2019-05", 40), at=AT)

        details = {"period": "2019-05", "count": 40, "usual": 4}
        assert asked() == {"COUNT_EXPLODED": details}
        [hold] = publication.list_holds()
        assert (hold.rule, hold.details, hold.submission) == (
            "COUNT_EXPLODED",
            details,
            done.id,
        )
        entry = Entry.objects.get(kind="publication.held")
        assert json.loads(entry.body)["details"] == details
        assert done.verdict.new == 40  # nothing is refused
        assert ledger.verify().problems == ()

    def test_that_collapse_are_withheld_once_the_month_is_over(self):
        usual_months(40)

        submit(rows_of("2019-05", 3), at=datetime(2019, 5, 20, 2, 0, tzinfo=UTC))
        assert PublicationHold.objects.count() == 0
        submit(rows_of("2019-05", 1, tag="x"), at=AT, period="2019-05")

        hold = PublicationHold.objects.get()
        assert (hold.rule, hold.details["count"]) == ("COUNT_COLLAPSED", 4)

    def test_that_are_few_in_any_case_raise_nothing(self):
        usual_months(1)
        submit(rows_of("2019-05", 20), at=AT)

        assert asked() == {}

    def test_know_nothing_usual_before_the_third_month(self):
        usual_months(1, months=("2019-03", "2019-04"))
        submit(rows_of("2019-05", 40), at=AT)

        assert asked() == {}

    def test_are_not_asked_about_in_a_dry_run(self):
        usual_months(4)
        import io

        content = io.BytesIO(files.as_csv(rows_of("2019-05", 40)))
        hand_in = operations.HandIn(
            clerk_of("U01"), "U01", "permit", "2019-05", "a.csv", content
        )

        operations.submit(hand_in, at=AT, dry_run=True)

        assert asked() == {}
        assert PublicationHold.objects.count() == 0

    def test_that_were_let_pass_stop_nothing_again(self):
        usual_months(4)
        submit(rows_of("2019-05", 40), at=AT)
        [hold] = publication.list_holds()
        publication.let_pass(hold=hold.id, actor=OFFICE, reason="属实", at=LATER)

        submit(rows_of("2019-05", 50, tag="b"), at=LATER)

        assert publication.count_open() == 0

    def test_have_one_open_hold_at_a_time(self):
        usual_months(4)
        submit(rows_of("2019-05", 40), at=AT)
        submit(rows_of("2019-05", 50, tag="b"), at=LATER)

        assert PublicationHold.objects.count() == 1


class TestHold:
    @pytest.fixture
    def hold(self):
        usual_months(4)
        submit(rows_of("2019-05", 40), at=AT)
        [hold] = publication.list_holds()
        return hold

    def public(self):
        landed = Record.objects.exclude(organization=None)
        keys = set(landed.values_list("organization_id", flat=True))
        on = date(2019, 7, 1)
        return [
            each
            for key in keys
            for each in records.list_public(organization=str(key), on=on)
        ]

    def test_hides_what_landed_since_and_nothing_else(self, hold):
        submit(rows_of("2019-06", 2), period="2019-06", at=LATER)
        submit(rows_of("2019-05", 2, tag="o"), unit="U02", at=LATER)

        shown = self.public()

        assert len(shown) == 4 * 4 + 2
        assert {each.decided_on.month for each in shown} == {1, 2, 3, 4, 5}

    def test_shows_everything_once_it_is_let_pass(self, hold):
        publication.let_pass(hold=hold.id, actor=OFFICE, reason="属实", at=LATER)

        assert len(self.public()) == 4 * 4 + 40
        entry = Entry.objects.get(kind="publication.released")
        assert json.loads(entry.body)["reason"] == "属实"
        assert entry.actor == "office"

    def test_leaves_the_monthly_table_as_it_is(self, hold):
        counts = records.count_by_unit_and_dataset(
            period="2019-05", ledger_size=ledger.size()
        )

        assert counts == [("U01", "permit", 40)]

    @pytest.mark.parametrize(
        "actor", [clerk_of("U01"), Actor("a", sees_all_units=True, may_administer=True)]
    )
    def test_is_let_pass_by_the_credit_office_alone(self, hold, actor):
        with pytest.raises(NotAllowedError):
            publication.let_pass(hold=hold.id, actor=actor, reason="属实", at=LATER)

    def test_is_let_pass_once_and_with_a_reason(self, hold):
        with pytest.raises(ReasonError):
            publication.let_pass(hold=hold.id, actor=OFFICE, reason=" ", at=LATER)
        publication.let_pass(hold=hold.id, actor=OFFICE, reason="属实", at=LATER)

        with pytest.raises(publication.HoldEndedError):
            publication.let_pass(hold=hold.id, actor=OFFICE, reason="属实", at=LATER)
        with pytest.raises(publication.UnknownHoldError):
            publication.let_pass(hold=10**9, actor=OFFICE, reason="属实", at=LATER)


class TestColumns:
    DATASETS = ("permit", "penalty", "reminder_interview", "benefit_use")

    def hand_in(self, counts):
        for dataset, count in counts.items():
            item = catalog.dataset(dataset)
            rows = samples.sample_rows(item, rows=count, seed=0)
            submit(rows, dataset=dataset, at=AT)

    def test_with_the_same_number_are_asked_about_once(self):
        taken = self.counts_of_month(3)
        assert len(taken) == 4
        submit(rows_of("2019-05", 1, tag="z"), at=LATER, unit="U02")

        assert asked()["EQUAL_COUNTS"]["columns"] == 4
        assert Question.objects.filter(rule="EQUAL_COUNTS").count() == 1

    def counts_of_month(self, count):
        self.hand_in(dict.fromkeys(self.DATASETS, count))
        return records.count_of_unit(unit="U01", period="2019-05")

    def test_with_different_numbers_are_not(self):
        self.hand_in({name: n + 1 for n, name in enumerate(self.DATASETS)})

        assert "EQUAL_COUNTS" not in asked()


class TestDays:
    def one_day(self, count, day="2019-05-31"):
        rows = rows_of("2019-05", count)
        title = catalog.dataset("permit").field("decided_on").title
        return [{**row, title: day} for row in rows]

    def test_that_are_one_and_the_same_are_asked_about(self):
        submit(self.one_day(20))

        assert asked() == {"SAME_DAY": {"count": 20, "day": "2019-05-31"}}

    def test_are_not_asked_about_for_a_few_rows(self):
        submit(self.one_day(19))

        assert asked() == {}

    def test_are_not_asked_about_again_for_rows_that_were_there(self):
        submit(self.one_day(20))
        submit(self.one_day(20), at=LATER)

        assert Question.objects.count() == 1


class TestFileAgain:
    def test_of_the_same_bytes_for_another_month_is_asked_about(self):
        rows = rows_of("2019-05", 3)
        submit(rows, period="2019-05")
        submit(rows, period="2019-06", at=LATER)

        assert asked() == {"FILE_AGAIN": {"period": "2019-06", "earlier": "2019-05"}}

    def test_of_the_same_records_for_another_month_is_asked_about(self):
        rows = rows_of("2019-05", 6)
        submit(rows, period="2019-05")
        submit(rows[::-1], period="2019-06", at=LATER)

        assert asked() == {"FILE_AGAIN": {"period": "2019-06", "earlier": "2019-05"}}

    def test_for_the_same_month_is_a_correction(self):
        rows = rows_of("2019-05", 6)
        submit(rows)
        submit(rows, at=LATER)
        submit(rows[::-1], at=LATER)

        assert asked() == {}


class TestAnswer:
    @pytest.fixture
    def question(self):
        submit(TestDays().one_day(20))
        return Question.objects.get().id

    def answer(self, question, actor=OFFICE, answer="CONFIRMED", reason="属实"):
        questions.answer(
            question=question, actor=actor, answer=answer, reason=reason, at=LATER
        )

    def test_names_who_answered_when_and_why(self, question):
        self.answer(question, answer="WRONG", reason="系报送日")

        row = Question.objects.get()
        assert (row.answer, row.answered_by, row.answered_at) == (
            "WRONG",
            "office",
            LATER,
        )
        body = json.loads(Entry.objects.get(kind="question.answered").body)
        assert (body["answer"], body["reason"]) == ("WRONG", "系报送日")

    def test_is_given_once(self, question):
        self.answer(question)

        with pytest.raises(questions.AnsweredError):
            self.answer(question)

    def test_is_not_for_the_unit_itself(self, question):
        with pytest.raises(NotAllowedError):
            self.answer(question, actor=clerk_of("U01"))

    def test_is_not_for_whoever_handed_in(self, question):
        own = Actor("clerk-of-U01", sees_all_units=True, may_decide=True)

        with pytest.raises(NotAllowedError):
            self.answer(question, actor=own)

    def test_is_hidden_from_other_units(self, question):
        with pytest.raises(questions.UnknownQuestionError):
            self.answer(question, actor=clerk_of("U02"))

    def test_is_one_of_two_with_a_reason(self, question):
        with pytest.raises(ReasonError):
            self.answer(question, reason="")
        with pytest.raises(ValueError, match="PERHAPS"):
            self.answer(question, answer="PERHAPS")


def test_the_texts_say_every_figure():
    details = {"period": "2019-05", "count": 40, "usual": 4, "columns": 4}
    details |= {"day": "2019-05-31", "earlier": "2019-04"}

    for doubt in doubts().values():
        for text in (doubt.message_zh, doubt.message_en):
            assert "{" not in text.format(**details)
