"""Codes of a hand-in that the register does not hold become issues of the workbench."""

from __future__ import annotations

import io
import json

import pytest

from tests.factories import files
from tests.factories.waiting import AT, CODE, NAME, clerk_of, of_stranger, submit
from xinheng.apps.intake import operations
from xinheng.apps.ledger.models import Entry
from xinheng.apps.organizations import operations as organizations
from xinheng.apps.organizations.models import Organization, RegisterIssue
from xinheng.core.identifiers import organization_code, uscc

pytestmark = pytest.mark.django_db

CATEGORY = "行政相对人类别"
PERSON = "210899198001011248"  # made up; nobody's


def code_of(first_eight: str, *, prefix: str = "91210899") -> str:
    body = prefix + first_eight + organization_code.check_character(first_eight)
    return body + uscc.check_character(body)


def ending_in_one() -> str:
    numbers = (f"MA9{12_900 + number}" for number in range(2000))
    return next(code for code in map(code_of, numbers) if code.endswith("1"))


VALID = code_of("MA9K4TQ2")
OTHER_CHECK = "0" if VALID[-1] != "0" else "2"
OTHER_INNER = "4" if VALID[16] != "4" else "5"
WITH_OTHER_INNER = VALID[:16] + OTHER_INNER

WRONG = {
    "BAD_CHECK_18": VALID[:-1] + OTHER_CHECK,
    "BAD_CHECK_ORG": WITH_OTHER_INNER + uscc.check_character(WITH_OTHER_INNER),
    "BAD_CHECK_BOTH": WITH_OTHER_INNER
    + ("3" if uscc.check_character(WITH_OTHER_INNER) != "3" else "4"),
    "BAD_AUTH_TYPE": code_of("MA9K4TQ3", prefix="94210899"),
    "BAD_REGION": code_of("MA9K4TQ4", prefix="91999999"),
    "LEGACY_ONLY": "110108000000016",
    "INVENTED": "91210899QWER12345X",
    "TRANSMISSION": VALID[:14],
    "PRINTED_Y": ending_in_one()[:-1] + "Y",
    "BAD_FORMAT": f"{VALID}、{VALID}",
}


def rows_with(codes, *, name: str = "示例市待核{}有限公司"):
    rows = files.permit_rows(len(codes))
    return [
        {**row, CODE: code, NAME: name.format(number), CATEGORY: "法人及非法人组织"}
        for number, (row, code) in enumerate(zip(rows, codes, strict=True))
    ]


def issues():
    """Return what hand-ins brought; no division of the fictional city is known."""
    found = RegisterIssue.objects.filter(submission__isnull=False)
    return found.exclude(kind="BAD_REGION", code__contains="210899")


class TestWrongCodes:
    def test_become_issues_of_their_kind(self, city):
        done = submit(rows_with(list(WRONG.values())), unit="U02")

        found = {issue.kind: issue for issue in issues()}
        assert set(found) == set(WRONG)
        for number, (kind, code) in enumerate(WRONG.items(), start=1):
            issue = found[kind]
            assert (issue.code, issue.unit_id) == (code, "U02")
            assert str(issue.submission) == done.id
            assert json.loads(issue.details)["row"] == str(number)

    def test_are_told_once_however_often_the_file_comes(self, city):
        rows = rows_with(list(WRONG.values()))
        submit(rows)
        told = Entry.objects.filter(kind="register.mismatches_found").count()

        submit(rows)

        assert issues().count() == len(WRONG)
        again = Entry.objects.filter(kind="register.mismatches_found").count()
        assert (told, again) == (1, 1)

    def test_have_no_text_where_there_is_no_code(self, city):
        submit(rows_with(["无", "暂无"]))

        assert set(issues().values_list("kind", "code")) == {("PLACEHOLDER", "")}

    def test_of_a_file_that_is_clean_are_none(self, city, monkeypatch):
        asked = []
        monkeypatch.setattr(organizations, "record_reported", asked.append)

        submit(files.permit_rows(3))

        assert not asked

    def test_are_left_out_of_a_trial(self, city):
        content = io.BytesIO(files.as_csv(rows_with(list(WRONG.values()))))
        who = clerk_of("U01")
        hand_in = operations.HandIn(who, "U01", "permit", "2019-05", "a.csv", content)
        operations.submit(hand_in, at=AT, dry_run=True)

        assert not issues().exists()


class TestPersons:
    def test_their_numbers_are_never_kept(self, city):
        mistyped = PERSON[:-1] + "3"
        rows = rows_with([PERSON, mistyped, f"{PERSON}1", WRONG["BAD_CHECK_18"]])
        rows[3]["备注"] = f"联系人{PERSON}"

        submit(rows)

        kept = json.dumps(list(issues().values_list("code", "name", "details")))
        assert PERSON[:14] not in kept

    def test_a_name_like_theirs_beside_no_code_is_no_issue(self, city):
        submit(rows_with(["无", "张三"], name="张三"))

        assert not issues().exists()


class TestClashes:
    def test_one_unknown_code_under_two_names(self, city):
        submit(rows_with([VALID, VALID]))

        assert set(issues().values_list("kind", "code")) == {("DUP_CODE", VALID)}
        assert issues().count() == 2

    def test_several_codes_for_one_name(self, city):
        codes = [VALID, code_of("MA9K4TQ5")]
        submit(rows_with(codes, name="示例市同名有限公司"))

        assert set(issues().values_list("kind", "code")) == {
            ("MULTI_CODE", code) for code in codes
        }

    def test_the_name_of_an_organization_under_another_code(self, city):
        held = Organization.objects.filter(uscc__startswith="91").first()
        submit(rows_with([VALID], name=held.name))

        issue = issues().get()
        assert (issue.kind, issue.code) == ("MULTI_CODE", VALID)
        assert json.loads(issue.details)["codes"] == sorted([VALID, held.uscc])

    def test_the_identifier_of_an_organization_under_another_name(self, city):
        held = Organization.objects.filter(uscc__startswith="91").first()
        body = "93210899" + held.uscc[8:17]
        code = body + uscc.check_character(body)
        submit(rows_with([code]))

        issue = issues().get()
        assert (issue.kind, issue.code) == ("DUP_CODE", code)

    def test_a_stranger_alone_is_no_issue(self, city):
        row = files.permit_rows(1)[0]
        submit([of_stranger(row)])

        assert not issues().exists()


class TestMixedUpColumns:
    def test_say_nothing_about_codes(self, city):
        rows = rows_with([f"示例市名称{number}有限公司" for number in range(12)])
        submit(rows)

        assert not issues().exists()
