"""What is wrong with codes is found once, and nothing that was handed in is lost."""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.factories import files
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.organizations import operations, queries
from xinheng.apps.organizations.models import Organization, RegisterIssue
from xinheng.core.identifiers import organization_code, uscc
from xinheng.core.organizations.issues import IssueKind, IssueState
from xinheng.rulebook import samples

pytestmark = pytest.mark.django_db

AT = datetime(2019, 6, 3, 2, 0, tzinfo=UTC)
DATA = Path(__file__).parents[4] / "shared" / "data"
POOL = [each for each in samples.organizations(80)[1:] if each.code.startswith("91")]
PERSON = "210899199001010012"


def take(path, *rows, day=0, **columns):
    named = [{"机构名称": n, "统一社会信用代码": c} | columns for n, c in rows]
    return operations.import_register(
        path=files.write_csv(path / f"{day}.csv", named),
        actor="test",
        at=AT + timedelta(days=day),
    )


def coded(identifier, *, prefix="91", division="210899"):
    body = prefix + division + identifier
    return body + uscc.check_character(body)


def found(*kinds):
    rows = RegisterIssue.objects.exclude(kind=IssueKind.BAD_REGION)
    if kinds:
        rows = rows.filter(kind__in=kinds)
    return sorted(rows.values_list("kind", "code", "name"))


class TestDuplicateCodes:
    def test_keep_the_holder_and_the_claim(self, tmp_path):
        report = take(
            tmp_path,
            ("示例市甲有限公司", POOL[0].code),
            ("示例市乙有限公司", POOL[0].code),
        )

        assert (report.new, report.rejected, report.claims) == (1, 1, 1)
        assert Organization.objects.get().name == "示例市甲有限公司"
        issue = RegisterIssue.objects.get(kind=IssueKind.DUP_CODE)
        assert (issue.name, issue.organization.name) == (
            "示例市乙有限公司",
            "示例市甲有限公司",
        )

    def test_are_found_once(self, tmp_path):
        rows = (("示例市甲有限公司", POOL[0].code), ("示例市乙有限公司", POOL[0].code))
        take(tmp_path, *rows)

        again = take(tmp_path, *rows, day=1)

        assert (again.changed, again.issues, again.claims) == (0, 0, 1)

    def test_do_not_rename_the_holder_to_the_claimant(self, tmp_path):
        take(
            tmp_path,
            ("示例市甲有限公司", POOL[0].code),
            ("示例市乙有限公司", POOL[0].code),
        )

        report = take(tmp_path, ("示例市乙有限公司", POOL[0].code), day=1)

        assert (report.changed, report.rejected) == (0, 1)
        assert Organization.objects.get().name == "示例市甲有限公司"

    def test_are_seen_in_the_identifier_alone(self, tmp_path):
        identifier = POOL[0].code[8:17]
        other = coded(identifier, division="210800")

        take(tmp_path, ("示例市甲有限公司", POOL[0].code), ("示例市乙有限公司", other))

        issues = RegisterIssue.objects.filter(kind=IssueKind.DUP_CODE)
        codes = sorted([POOL[0].code, other])
        assert sorted(issues.values_list("code", flat=True)) == codes
        assert json.loads(issues[0].details) == {"codes": codes}


class TestSeveralCodes:
    def test_are_found_for_one_name_of_one_kind(self, tmp_path):
        take(tmp_path, ("示例市甲有限公司", POOL[0].code))

        take(
            tmp_path,
            ("示例市甲（有限）公司", POOL[2].code),
            ("示例市甲有限公司", POOL[1].code),
            day=1,
        )

        codes = {code for _, code, _ in found(IssueKind.MULTI_CODE)}
        assert codes == {POOL[0].code, POOL[1].code}

    def test_are_no_matter_among_sole_proprietors(self, tmp_path):
        codes = [
            each.code for each in samples.organizations(400) if each.code[:2] == "92"
        ]

        take(tmp_path, *(("顺发小吃店", code) for code in codes[:3]))

        assert found(IssueKind.MULTI_CODE) == []


class TestWrongRows:
    def test_become_issues_of_their_kind(self, tmp_path):
        valid = POOL[0].code
        inner = valid[:16] + ("2" if valid[16] != "2" else "3")
        take(
            tmp_path,
            ("示例市一有限公司", valid[:-1] + ("A" if valid[-1] != "A" else "B")),
            ("示例市二有限公司", inner + uscc.check_character(inner)),
            ("示例市三有限公司", "110108000000016"),
            ("示例市四有限公司", "无"),
            ("示例市五有限公司", ""),
            ("示例市六有限公司", valid[:10] + " " + valid[10:]),
            ("示例市七有限公司", "912108997777777777"),
            ("示例市八有限公司", valid[:15]),
        )

        kinds = {name[3]: kind for kind, _, name in found()}
        assert kinds == {
            "一": "BAD_CHECK_18",
            "二": "BAD_CHECK_ORG",
            "三": "LEGACY_ONLY",
            "四": "PLACEHOLDER",
            "五": "PLACEHOLDER",
            "六": "TRANSMISSION",
            "七": "INVENTED",
            "八": "TRANSMISSION",
        }

    def test_never_hold_the_number_of_a_person(self, tmp_path):
        report = take(
            tmp_path,
            ("示例市甲有限公司", PERSON),
            (f"示例市乙{PERSON}", POOL[0].code[:-2]),
            ("示例市丙有限公司", PERSON + "01"),
            ("示例市丁有限公司", "110108900101123"),
        )

        assert report.rejected == 4
        stored = json.dumps(list(RegisterIssue.objects.values_list("code", "name")))
        assert PERSON not in stored
        assert "900101" not in stored

    def test_hold_no_more_of_a_name_than_there_is_room(self, tmp_path):
        take(tmp_path, ("\ufdfa" * 400, "ABC"))

        issue = RegisterIssue.objects.get()
        assert (len(issue.name), len(issue.name_key)) == (300, 600)

    def test_hold_no_name_that_shows_something_else_than_it_is(self, tmp_path):
        report = take(tmp_path, ("示例\u202e市甲有限公司", "ABC"))

        assert report.findings["CONTROL_CHARACTER"] == 1
        assert found() == []

    def test_are_kept_with_what_else_they_state(self, tmp_path):
        take(tmp_path, ("示例市甲有限公司", "110108000000016"), 登记机关="示例市登记局")

        assert RegisterIssue.objects.get().authority == "示例市登记局"

    def test_reopen_only_after_a_correction(self, tmp_path):
        row = ("示例市甲有限公司", "110108000000016")
        take(tmp_path, row)
        for day, state, count in (
            (1, IssueState.CORRECTED, 2),
            (2, IssueState.CONFIRMED, 2),
        ):
            issue = RegisterIssue.objects.get(state=IssueState.OPEN)
            operations.close_issue(
                issue=issue.id, state=state, reason="已核", actor="test", at=AT
            )
            take(tmp_path, row, day=day)

            assert RegisterIssue.objects.count() == count

    def test_can_not_be_closed_twice_or_without_a_reason(self, tmp_path):
        take(tmp_path, ("示例市甲有限公司", "无"))
        issue = RegisterIssue.objects.get().id
        done = {"issue": issue, "actor": "test", "at": AT}

        with pytest.raises(ValueError, match="reason"):
            operations.close_issue(state=IssueState.CORRECTED, reason=" ", **done)
        operations.close_issue(state=IssueState.CORRECTED, reason="已换码", **done)
        with pytest.raises(operations.IssueClosedError):
            operations.close_issue(state=IssueState.CORRECTED, reason="已换码", **done)


class TestOddCodes:
    def test_are_taken_and_told(self, tmp_path):
        unknown = coded("MA0000007", prefix="9A"[:1] + "9")
        check = organization_code.check_character("MA000000")
        unknown = coded("MA000000" + check, prefix="99")

        report = take(tmp_path, ("示例市甲有限公司", unknown))
        take(tmp_path, (POOL[0].name, POOL[0].code), day=1, 机构类型="个体工商户")

        assert report.new == 1
        codes = {code for _, code, _ in found(IssueKind.BAD_AUTH_TYPE)}
        assert codes == {unknown, POOL[0].code}
        assert RegisterIssue.objects.filter(kind=IssueKind.BAD_REGION).count() == 2

    def test_are_told_once_for_a_code_whatever_its_name(self, tmp_path):
        take(tmp_path, ("示例市甲有限公司", POOL[0].code))
        take(tmp_path, ("示例市新甲有限公司", POOL[0].code), day=1)

        assert RegisterIssue.objects.filter(kind=IssueKind.BAD_REGION).count() == 1


class TestExamineRegister:
    def test_finds_nothing_new_after_the_imports(self, tmp_path):
        take(
            tmp_path,
            ("示例市甲有限公司", POOL[0].code),
            ("示例市甲有限公司", POOL[1].code),
        )

        size = ledger.size()

        assert operations.examine_register(actor="test", at=AT) == 0
        assert ledger.size() == size
        assert queries.count_issues()["MULTI_CODE", "OPEN"] == 2

    def test_finds_what_no_import_has_looked_for(self, tmp_path):
        take(
            tmp_path,
            ("示例市甲有限公司", POOL[0].code),
            ("示例市甲有限公司", POOL[1].code),
        )
        RegisterIssue.objects.all().delete()

        assert operations.examine_register(actor="test", at=AT) == 2
        assert [each.kind for each in queries.list_issues().items] == ["MULTI_CODE"] * 2


@pytest.mark.shared_data
@pytest.mark.skipif(not DATA.is_dir(), reason="needs ../shared/data")
class TestRealRegisters:
    def test_every_labelled_code_is_kept_under_its_kind(self, tmp_path):
        with (DATA / "cn_uscc_problem_codes_labelled.csv").open(
            encoding="utf-8-sig", newline=""
        ) as source:
            rows = list(csv.DictReader(source))

        report = take(tmp_path, *((r["org_name"], r["code_as_recorded"]) for r in rows))

        assert (report.new, report.issues) == (0, len(rows))
        labels = Counter(row["label"] for row in rows)
        kinds = Counter(kind for kind, _, _ in found())
        assert kinds["PRINTED_Y"] == labels["issued_Y_where_standard_gives_1"]
        assert kinds["PLACEHOLDER"] == labels["placeholder"]
        assert kinds["INVENTED"] == labels["made_up_looking"]
        assert kinds["BAD_CHECK_18"] == labels["checksum_only_wrong_inner_org_code_ok"]
        assert kinds["BAD_CHECK_BOTH"] == labels["checksum_and_inner_org_code_wrong"]

    def test_codes_on_two_rows_are_never_merged(self):
        path = DATA / "cn_duplicate_codes_orgs.csv"

        report = operations.import_register(path=path, actor="test", at=AT)

        taken = report.new + report.changed + report.unchanged
        assert (taken + report.rejected, report.changed) == (report.rows_read, 0)
        assert len(found(IssueKind.DUP_CODE)) == report.claims > 0

    def test_names_with_two_codes_are_found(self, tmp_path):
        with (DATA / "cn_same_name_two_codes_orgs.csv").open(
            encoding="utf-8-sig", newline=""
        ) as source:
            rows = list(csv.DictReader(source))
        first = {(row["org_name"], row["first_code"]) for row in rows}
        second = {(row["org_name"], row["second_code"]) for row in rows}

        take(tmp_path, *sorted(first | second))

        told = {code for _, code, _ in found(IssueKind.MULTI_CODE)}
        assert told == {code for _, code in first | second}
