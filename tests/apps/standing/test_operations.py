"""What a look-up answers, and that it is logged."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from tests.factories import files, redress
from tests.factories.city import (
    PERSONAL_NUMBER,
    a_sole_proprietor,
    an_organization,
    hand_in,
)
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.standing import operations, queries
from xinheng.apps.standing.models import LookUp
from xinheng.apps.standing.operations import (
    BatchError,
    FutureSizeError,
    Question,
    UnknownMatterError,
)
from xinheng.core.identifiers import uscc
from xinheng.core.submissions.reasons import ReasonError

pytestmark = pytest.mark.usefixtures("city")

AT = datetime(2026, 6, 15, 2, 0, tzinfo=UTC)
CODE = an_organization().code


def question(matter="procurement", purpose="评标资格审查", **changes):
    return Question(matter, purpose, **({"on": date(2026, 6, 15)} | changes))


def ask(asker, code=CODE, **changes):
    text = operations.look_up(
        asker=asker, code=code, question=question(**changes), at=AT
    )
    return json.loads(text)


def ask_many(asker, codes, **changes):
    text = operations.look_up_many(
        asker=asker, codes=codes, question=question(**changes), at=AT
    )
    return json.loads(text)


def mistyped(code):
    return code[:-1] + ("0" if code[-1] != "0" else "1")


def unknown_code():
    body = "91210899MA0YYYY9"
    for last in uscc.ALPHABET:
        inner = body + last
        if uscc.organization_code.is_valid(inner[8:17]):
            return inner + uscc.check_character(inner)
    raise AssertionError


class TestLookUp:
    def test_tells_what_must_be_done_on_which_basis_until_when(self, treasury, fire):
        fire()

        told = ask(treasury)

        (measure,) = told["measures"]
        assert (told["state"], measure["code"], measure["mode"]) == (
            "listed",
            "M-PROC",
            "mandatory",
        )
        assert measure["basis"][0]["article"] == "第二十二条"
        assert measure["expires_on"] == "2027-06-01"
        assert told["lists"][0]["title"] == "拖欠农民工工资失信联合惩戒对象名单"
        assert told["ledger_size"] == ledger.size()

    def test_tells_only_the_measures_of_the_matter(self, treasury, fire):
        fire()

        assert [m["code"] for m in ask(treasury, matter="finance")["measures"]] == [
            "M-FIN"
        ]
        assert ask(treasury, matter="customs")["measures"] == []
        assert ask(treasury, matter="customs")["state"] == "listed"

    def test_tells_nothing_found_of_a_known_organization(self, treasury):
        told = ask(treasury)

        assert (told["state"], told["lists"], told["measures"]) == (
            "nothing_found",
            [],
            [],
        )
        assert told["facts"]["status"] == "REGISTERED"

    def test_tells_a_list_from_which_no_measure_follows(self, treasury, fire, recall):
        fire(scheme="nothing")

        told = ask(treasury)
        assert (told["state"], told["measures"]) == ("listed", [])
        recall(effective_on=date(2026, 6, 10))
        assert ask(treasury)["state"] == "nothing_found"

    def test_is_over_with_the_term_though_no_job_ran(self, treasury, fire):
        fire()

        assert ask(treasury, on=date(2027, 5, 31))["state"] == "listed"
        assert ask(treasury, on=date(2027, 6, 1))["state"] == "nothing_found"

    def test_follows_a_recall(self, treasury, fire, recall):
        fire()
        assert ask(treasury)["state"] == "listed"
        recall(effective_on=date(2026, 6, 10))

        assert ask(treasury)["state"] == "nothing_found"

    def test_tells_what_was_known_at_a_size(self, treasury, fire, recall):
        before = ledger.size()
        fire()
        fired = ledger.size()
        recall(effective_on=date(2026, 6, 10))

        states = [ask(treasury, known_at=size)["state"] for size in (before, fired)]
        assert states == ["nothing_found", "listed"]
        with pytest.raises(FutureSizeError):
            ask(treasury, known_at=ledger.size() + 1)
        rows = [
            ask_many(treasury, [CODE], known_at=size)["results"][0]["state"]
            for size in (before, fired)
        ]
        assert rows == states

    def test_tells_what_the_register_itself_knew_then(self, treasury):
        told, many = ask(treasury, known_at=0), ask_many(treasury, [CODE], known_at=0)

        assert (told["state"], told["facts"]["registered"]) == ("unknown", False)
        assert many["results"][0]["state"] == "unknown"
        assert many["ledger_size"] == told["ledger_size"] == 0

    def test_never_passes_a_mistyped_code_as_clean(self, treasury, fire):
        fire()

        told = ask(treasury, code=mistyped(CODE))

        assert (told["state"], told["reason"]) == ("invalid", "check_character")
        assert CODE in told["suggestions"]

    def test_tells_that_a_right_code_is_unknown(self, treasury):
        assert ask(treasury, code=unknown_code())["state"] == "unknown"

    def test_reads_a_code_as_people_type_it(self, treasury):
        assert ask(treasury, code=f" {CODE.lower()} ")["uscc"] == CODE

    def test_repeats_and_keeps_no_persons_number(self, treasury):
        told = ask(treasury, code=PERSONAL_NUMBER)

        assert told["reason"] == "PERSONAL_ID"
        assert PERSONAL_NUMBER not in json.dumps(told)
        assert not LookUp.objects.exists()

    def test_refuses_an_unknown_matter(self, treasury):
        with pytest.raises(UnknownMatterError):
            ask(treasury, matter="shopping")

    @pytest.mark.parametrize("purpose", ["", " ", "x" * 201, f"查{PERSONAL_NUMBER}"])
    def test_refuses_a_purpose_that_says_nothing_or_too_much(self, treasury, purpose):
        with pytest.raises(ReasonError):
            ask(treasury, purpose=purpose)

    def test_is_told_to_the_organization_by_unit_and_matter(self, treasury):
        ask(treasury)

        (use,) = queries.list_uses(uscc=CODE).items
        assert (use.unit_name, use.matter, use.purpose, use.is_batch) == (
            "财政局",
            "procurement",
            "评标资格审查",
            False,
        )


class TestFacts:
    @pytest.fixture
    def body(self, city):
        redress.adopt(at=redress.AT)
        found = redress.a_body(with_unit=False)
        redress.a_permit(found)
        redress.a_penalty(found, decided_on=date(2026, 1, 12))
        return found

    def facts(self, treasury, body, **changes):
        text = operations.look_up(
            asker=treasury,
            code=body.uscc,
            question=question(**changes),
            at=AT,
            with_facts=True,
        )
        return json.loads(text)["facts"]

    def test_are_told_with_basis_and_end_where_asked_for(self, treasury, body):
        records = self.facts(treasury, body)["records"]

        assert [each["dataset"] for each in records] == ["penalty", "permit"]
        assert all(each["basis"][0]["title"] for each in records)
        assert records[0]["until"] == "2027-01-12"
        assert "没收违法所得2000元" in str(records[0]["fields"])

    def test_are_not_read_where_nobody_asks(self, treasury, body):
        assert ask(treasury, body.uscc)["facts"]["records"] is None

    def test_end_with_their_term_as_on_every_face(self, treasury, body):
        later = datetime(2027, 1, 12, 2, 0, tzinfo=UTC)
        text = operations.look_up(
            asker=treasury,
            code=body.uscc,
            question=question(on=date(2027, 1, 12)),
            at=later,
            with_facts=True,
        )

        records = json.loads(text)["facts"]["records"]
        assert [each["dataset"] for each in records] == ["permit"]

    def test_hold_nothing_adverse_before_the_adoption(self, treasury, city):
        body = redress.a_body(with_unit=False)
        redress.a_penalty(body, decided_on=date(2026, 1, 12))

        assert self.facts(treasury, body)["records"] == []

    @pytest.mark.parametrize(
        ("on", "told"), [(date(2019, 1, 1), []), (date(2026, 6, 14), ["permit"])]
    )
    def test_of_a_past_are_those_of_then(self, treasury, city, on, told):
        [row] = files.permit_rows(1)
        hand_in([row])
        code = row["行政相对人代码_1(统一社会信用代码)"]
        text = operations.look_up(
            asker=treasury, code=code, question=question(on=on), at=AT, with_facts=True
        )

        records = json.loads(text)["facts"]["records"]
        assert [each["dataset"] for each in records] == told

    def test_of_an_unknown_code_are_none(self, treasury, city):
        text = operations.look_up(
            asker=treasury,
            code=unknown_code(),
            question=question(),
            at=AT,
            with_facts=True,
        )

        assert json.loads(text)["facts"]["records"] == []


class TestLookUpMany:
    def test_answers_each_code_in_its_place(self, treasury, fire):
        fire()
        codes = [
            a_sole_proprietor().code,
            CODE,
            mistyped(CODE),
            unknown_code(),
            PERSONAL_NUMBER,
            'x"]}',
        ]

        told = ask_many(treasury, codes)

        assert [row["state"] for row in told["results"]] == [
            "nothing_found",
            "listed",
            "invalid",
            "unknown",
            "invalid",
            "invalid",
        ]
        assert told["results"][1]["measures"] == [
            {"code": "M-PROC", "expires_on": "2027-06-01"}
        ]
        assert told["measures"]["M-PROC"]["mode"] == "mandatory"
        assert PERSONAL_NUMBER not in json.dumps(told)

    def test_agrees_with_the_single_look_up(self, treasury, fire):
        fire()
        codes = [CODE, a_sole_proprietor().code, unknown_code()]

        many = ask_many(treasury, codes)["results"]

        assert [row["state"] for row in many] == [
            ask(treasury, code=code)["state"] for code in codes
        ]

    def test_is_one_row_of_the_log_that_each_organization_finds(self, treasury):
        codes = [CODE, a_sole_proprietor().code, mistyped(CODE)]

        ask_many(treasury, codes)

        assert LookUp.objects.count() == 1
        assert LookUp.objects.get().count == 2
        for code in codes[:2]:
            assert queries.list_uses(uscc=code).items[0].is_batch

    @pytest.mark.parametrize("count", [0, 10_001])
    def test_refuses_none_and_too_many(self, treasury, count):
        with pytest.raises(BatchError):
            ask_many(treasury, [CODE] * count)


class TestSpeed:
    def test_asks_no_database_but_for_the_log(
        self, treasury, fire, direct, monkeypatch, django_assert_num_queries
    ):
        fire()
        view = direct.view()
        monkeypatch.setattr(direct, "view", lambda: view)

        with django_assert_num_queries(1):
            ask(treasury)
