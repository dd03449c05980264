"""A file from its bytes to its verdicts."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from tests.pipeline.conftest import ON, StubRegister, accepted_rows, findings
from xinheng.core.identifiers import uscc
from xinheng.core.submissions.findings import Severity
from xinheng.core.submissions.outcomes import decide
from xinheng.pipeline import run
from xinheng.rulebook import catalog, samples

# Made up: a place that exists, a date, a right check character.
PERSON_15 = "210802900101124"


def resident_id(body: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * w for digit, w in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]


PERSON = resident_id("21080219900101123")


@pytest.fixture(scope="module")
def both() -> str:
    """A number that is a valid identity number and a valid code."""
    for serial in range(100_000):
        year, day = 60 + serial // 28 % 40, 1 + serial % 28
        number = resident_id(f"21080219{year}01{day:02}{serial % 1000:03}")
        if uscc.reason(number) is None:
            return number
    raise AssertionError("no such number")


class TestValidRows:
    def test_are_all_accepted(self, check, rows):
        report = check(rows)

        assert (report.rows_read, report.accepted) == (3, 3)
        assert report.findings == {}
        assert report.unlinked is None
        assert not report.personal_data
        assert report.ignored_columns == ()

    def test_are_written_with_their_types(self, check, rows, permit):
        rows[0]["有效期至"] = "2099年12月31日"

        report = check(rows)

        accepted = pl.read_parquet(report.accepted_path)
        assert accepted.columns[:3] == ["row", "organization", "natural_key"]
        assert accepted.columns[3:] == [field.name for field in permit.stored_fields]
        assert accepted["row"].to_list() == [1, 2, 3]
        assert accepted["row"].dtype == pl.UInt32
        assert accepted["valid_to"].dtype == pl.Date
        assert accepted["valid_to"][0] == date(2099, 12, 31)
        assert accepted["remark"].to_list() == [None] * 3
        assert pl.read_parquet(report.held_path).columns[3] == "outcome"

    def test_have_the_key_of_the_catalog_in_one_spelling(self, check, rows):
        rows[0]["行政许可决定文书号"] = "示审批(2019) 第１号"
        rows[0]["行政相对人代码_1(统一社会信用代码)"] = rows[0][
            "行政相对人代码_1(统一社会信用代码)"
        ].lower()

        report = check(rows)

        key = pl.read_parquet(report.accepted_path)["natural_key"][0].split("\x1f")
        assert key[1] == "示审批〔2019〕第1号"
        assert key[2] == key[2].upper()


class TestFindings:
    @pytest.mark.parametrize(
        ("field", "value", "rules"),
        [
            ("subject_name", "", ["REQUIRED"]),
            ("subject_name", " — — ", ["REQUIRED"]),
            ("subject_name", "示" * 201, ["LENGTH"]),
            ("subject_name", "示例\u200b公司", ["CONTROL_CHARACTER"]),
            ("subject_name", "示例\n公司", ["CONTROL_CHARACTER"]),
            ("permit_type", "特别", ["CODE_LIST"]),
            ("decided_on", "2019.5.28", ["DATE_FORMAT"]),
            ("decided_on", "2019-02-30", ["DATE_FORMAT"]),
            ("decided_on", "2019-06-04", ["DATE_FUTURE"]),
            ("decided_on", "2019-05-01", ["LATE"]),
            ("decided_on", "1990-05-01", ["LATE_PROVISIONAL"]),
            ("valid_to", "2001-01-01", ["DATE_ORDER"]),
            ("uscc", "91110000600037341Y", ["USCC_CHECK"]),
            ("uscc", "911100006000373418", ["USCC_CHECK"]),
            ("uscc", "9111000060003734", ["USCC_FORMAT"]),
            ("uscc", "９1110000600037341L", ["USCC_WIDTH"]),
            ("uscc", "91110000 600037341L", ["USCC_WIDTH"]),
            ("uscc", "9.1111E+17", ["EXCEL_NUMBER"]),
            ("uscc", "911100006000370000", ["EXCEL_NUMBER"]),
            ("uscc", "110108000000016", ["LEGACY_CODE"]),
            ("uscc", "3204001234567", ["LEGACY_CODE"]),
            ("uscc", "无", ["CODE_PLACEHOLDER"]),
            ("uscc", "/", ["REQUIRED"]),
            ("authority_uscc", "91110000600037341Y", ["USCC_CHECK"]),
            ("org_code", "MA8077384", ["ORG_CODE_CHECK"]),
            ("subject_category", "个体工商户", ["CATEGORY_CODE"]),
            ("subject_category", "自然人", ["NATURAL_PERSON"]),
            ("remark", f"联系人 {PERSON}", ["PERSONAL_ID"]),
            ("remark", PERSON_15, ["PERSONAL_ID"]),
            ("remark", "编号 110108000000016", ["PERSONAL_ID_SUSPECTED"]),
            ("tax_reg_no", f"{PERSON}01", ["PERSONAL_ID"]),
        ],
    )
    def test_name_row_field_and_rule(self, check, rows, title, field, value, rules):
        rows[1][title(field)] = value

        report = check(rows)

        assert findings(report) == [(2, field, rule) for rule in rules]
        assert report.findings == dict.fromkeys(rules, 1)

    def test_tell_of_both_check_characters(self, check, rows, title):
        rows[1][title("uscc")] = "91310115MA1G4L1WXK"

        assert findings(check(rows)) == [
            (2, "uscc", "USCC_CHECK"),
            (2, "uscc", "ORG_CODE_CHECK"),
        ]

    def test_tell_of_the_inner_check_character_alone(self, check, rows, title):
        code = rows[1][title("uscc")]
        inner = "1" if code[16] != "1" else "2"
        body = code[:16] + inner
        rows[1][title("uscc")] = body + uscc.check_character(body)

        assert findings(check(rows)) == [(2, "uscc", "ORG_CODE_CHECK")]

    def test_stand_in_the_order_of_rows_and_fields(self, check, rows, title):
        rows[2][title("valid_to")] = "x"
        rows[2][title("subject_name")] = ""
        rows[0][title("remark")] = PERSON

        assert findings(check(rows)) == [
            (1, "remark", "PERSONAL_ID"),
            (3, "subject_name", "REQUIRED"),
            (3, "valid_to", "DATE_FORMAT"),
        ]

    def test_carry_the_severity_of_the_rulebook(self, check, rows, title, surroundings):
        rows[0][title("decided_on")] = "2019-05-01"
        rows[1][title("permit_type")] = "特别"

        found = pl.read_parquet(check(rows).findings_path)

        assert found["severity"].to_list() == [
            surroundings.severity("LATE").value,
            surroundings.severity("CODE_LIST").value,
        ]

    def test_are_notices_for_an_unknown_authority_and_division(
        self, check, rows, title, surroundings
    ):
        body = "D1999999" + rows[0][title("uscc")][8:17]
        rows[0][title("uscc")] = body + uscc.check_character(body)

        report = check(rows)

        assert report.accepted == 3
        assert [rule for _, _, rule in findings(report)] == [
            "USCC_AUTHORITY",
            "USCC_DIVISION",
        ]

    def test_ask_for_an_amount_only_where_there_is_a_fine(self, check):
        penalty = catalog.dataset("penalty")
        rows = samples.sample_rows(penalty, rows=4)
        kind, amount = "处罚类别", "罚款金额（万元）"
        other = "没收违法所得、没收非法财物的金额（万元）"
        for row, (types, fine) in zip(
            rows,
            [("警告", ""), ("警告;罚款", ""), ("罚款", "0.2"), ("罚款", "-1")],
            strict=True,
        ):
            row |= {kind: types, amount: fine, other: ""}

        report = check(rows, dataset=penalty)

        assert findings(report) == [
            (2, "fine_amount", "REQUIRED"),
            (4, "fine_amount", "AMOUNT"),
        ]
        amounts = pl.read_parquet(report.accepted_path)["fine_amount"].to_list()
        assert amounts == [None, Decimal("0.2")]


class TestOutcomes:
    def test_add_up_to_the_rows_read(self, check, permit, title):
        rows = samples.sample_rows(permit, rows=40)
        dirt = random.Random(1)
        fields = [field.title for field in permit.stored_fields]
        for row in dirt.sample(rows, 25):
            row[dirt.choice(fields)] = dirt.choice(["", "x", PERSON, "2019-02-30"])
        codes = [(row[title("uscc")], row[title("subject_name")]) for row in rows[::2]]

        report = check(rows, register=StubRegister(codes))

        counted = (
            report.accepted
            + report.rejected
            + report.questionable
            + (report.unlinked or 0)
        )
        assert counted == report.rows_read == 40
        assert min(report.accepted, report.rejected, report.unlinked or 0) > 0

    @pytest.mark.parametrize("severities", [[], ["notice"], ["question"], ["error"]])
    @pytest.mark.parametrize("second", [[], ["notice"], ["question"], ["error"]])
    @pytest.mark.parametrize("linked", [True, False])
    def test_are_those_of_core(
        self, check, rows, title, surroundings, severities, second, linked
    ):
        # Any rule serves, if its severity is what the test wants.
        rows[0][title("permit_type")] = "特别" if severities else "普通"
        rows[0][title("current_status")] = "?" if second else "有效"
        rows[0][title("remark")] = "110108000000016"
        wanted = {
            "CODE_LIST": (severities or second or ["notice"])[0],
            "PERSONAL_ID_SUSPECTED": (second or ["notice"])[0],
        }
        rules = {
            **surroundings.rules,
            **{
                code: replace(surroundings.rules[code], severity=Severity(severity))
                for code, severity in wanted.items()
            },
        }
        known = [(row[title("uscc")], row[title("subject_name")]) for row in rows]
        register = StubRegister(known if linked else known[1:])

        report = check(rows, rules=rules, register=register)

        found = pl.read_parquet(report.findings_path).filter(row=1)["severity"]
        expected = decide([Severity(each) for each in found], linked=linked)
        assert self.outcome_of_first_row(report) == expected

    @staticmethod
    def outcome_of_first_row(report):
        if 1 in accepted_rows(report):
            return "accepted"
        held = pl.read_parquet(report.held_path).filter(row=1)["outcome"].to_list()
        return held[0] if held else "rejected"


class TestPersonalData:
    def test_is_nowhere_in_what_is_written(self, check, rows, title, tmp_path):
        dotted = " ".join(PERSON)
        rows[0][title("remark")] = f"电话之外还有{PERSON}"
        rows[1]["无关的列"] = dotted
        rows[2][title("permit_content")] = PERSON.translate(
            str.maketrans("0123456789", "０１２３４５６７８９")
        )

        report = check(rows)

        assert report.personal_data
        assert report.rejected == 3
        assert findings(report) == [
            (1, "remark", "PERSONAL_ID"),
            (2, "", "PERSONAL_ID"),
            (3, "permit_content", "PERSONAL_ID"),
        ]
        written = b"".join(p.read_bytes() for p in (tmp_path / "out").rglob("*.*"))
        for spelling in (PERSON, dotted, rows[2][title("permit_content")]):
            assert spelling.encode() not in written

    def test_of_columns_about_persons_is_dropped(self, check, rows):
        for row in rows:
            row |= {"法定代表人": "示例甲", "XK_FR_ZJLX": "身份证"}

        report = check(rows)

        assert report.accepted == 3
        assert report.personal_data  # the bytes hold names
        assert report.matched_columns["法定代表人"] == "legal_rep_name"
        columns = pl.read_parquet(report.accepted_path).columns
        assert "legal_rep_name" not in columns

    def test_refuses_a_row_with_a_natural_persons_document(self, check, rows):
        rows[1]["证件号码"] = "P1234567"

        report = check(rows)

        assert findings(report) == [(2, "party_id_no", "NATURAL_PERSON")]
        assert report.personal_data

    def test_in_a_code_column_passes_only_where_the_register_holds_the_code(
        self, check, rows, title, both
    ):
        rows[0][title("uscc")] = both
        name = rows[0][title("subject_name")]

        assert findings(check(rows)) == [(1, "uscc", "PERSONAL_ID")]
        passed = check(rows[:1], register=StubRegister([(both, name)]))
        assert passed.accepted == 1
        assert not passed.personal_data

    @pytest.mark.parametrize("place", ["file name", "header", "title"])
    def test_in_a_name_refuses_the_file(self, check, rows, write, tmp_path, place):
        if place == "header":
            rows[0][f"备注{PERSON}"] = ""
        name = f"{PERSON}.csv" if place == "file name" else "permits.csv"
        path = write(rows, name=name)
        if place == "title":
            path.write_text(f"名单 {PERSON}\n" + path.read_text("utf-8"), "utf-8")

        with pytest.raises(run.refusals.UnreadableFileError) as refused:
            check(path)

        assert refused.value.code == "PERSONAL_ID"
        assert PERSON not in str(refused.value)
        assert list((tmp_path / "out").iterdir()) == []


class TestLinking:
    def test_keeps_rows_of_unknown_organizations_aside(self, check, rows, title):
        register = StubRegister(
            [(rows[0][title("uscc")], rows[0][title("subject_name")])]
        )

        report = check(rows, register=register)

        assert (report.accepted, report.unlinked) == (1, 2)
        assert report.findings == {"UNKNOWN_ORGANIZATION": 2}
        accepted = pl.read_parquet(report.accepted_path)
        assert accepted["organization"].to_list() == [f"org-{rows[0][title('uscc')]}"]
        held = pl.read_parquet(report.held_path)
        assert held["outcome"].to_list() == ["unlinked", "unlinked"]

    def test_asks_about_a_name_that_the_register_does_not_hold(
        self, check, rows, title
    ):
        known = [(row[title("uscc")], row[title("subject_name")]) for row in rows]
        register = StubRegister([*known[:2], (known[2][0], "示例市别的公司")])

        report = check(rows, register=register)

        assert findings(report) == [(3, "subject_name", "NAME_MISMATCH")]
        assert report.questionable == 1

    @pytest.mark.parametrize(
        "written",
        ["示例（市）A公司", "示例(市)ａ公司", " 示例 (市)A 公司", "示例[市]A公司"],
    )
    def test_knows_former_names_in_any_width(self, check, rows, title, written):
        code = rows[0][title("uscc")]
        rows[0][title("subject_name")] = written

        report = check(
            rows[:1], register=StubRegister([(code, "新名"), (code, "示例(市)A公司")])
        )

        assert report.accepted == 1

    def test_lets_a_code_pass_that_was_confirmed_as_issued(self, check, rows, title):
        wrong = rows[0][title("uscc")][:17] + "0"
        wrong = wrong if wrong != rows[0][title("uscc")] else wrong[:17] + "1"
        rows[0][title("uscc")] = wrong
        name = rows[0][title("subject_name")]

        refused = check(rows[:1], register=StubRegister([(wrong, name)]))
        passed = check(
            rows[:1], register=StubRegister([(wrong, name)], confirmed=[wrong])
        )

        assert refused.findings == {"USCC_CHECK": 1}
        assert (passed.accepted, passed.findings) == (1, {})


class TestDuplicates:
    @pytest.fixture(params=[1, 2, 1000])
    def batch_rows(self, request):
        """So many rows at once: duplicates lie in one batch, or in several."""
        return request.param

    def test_rejects_the_second_and_later_of_identical_rows(
        self, check, rows, batch_rows
    ):
        report = check([*rows, rows[1], rows[0], rows[1]], batch_rows=batch_rows)

        assert findings(report) == [
            (4, "", "DUPLICATE_ROW"),
            (5, "", "DUPLICATE_ROW"),
            (6, "", "DUPLICATE_ROW"),
        ]
        assert accepted_rows(report) == [1, 2, 3]
        assert (report.accepted, report.rejected) == (3, 3)

    def test_rejects_all_rows_of_a_key_with_different_contents(
        self, check, rows, title, batch_rows
    ):
        other = {**rows[0], title("permit_content"): "别的内容"}

        report = check([*rows, other, rows[0]], batch_rows=batch_rows)

        assert findings(report) == [
            (1, "", "DUPLICATE_KEY"),
            (4, "", "DUPLICATE_KEY"),
            (5, "", "DUPLICATE_ROW"),
            (5, "", "DUPLICATE_KEY"),
        ]
        assert accepted_rows(report) == [2, 3]

    def test_counts_rejected_and_kept_rows_as_well(
        self, check, rows, title, batch_rows
    ):
        wrong = {**rows[0], title("permit_type"): "特别"}
        asked = {**rows[1], title("remark"): "110108000000016"}

        report = check([*rows, wrong, asked], batch_rows=batch_rows)

        assert report.findings["DUPLICATE_KEY"] == 4
        assert accepted_rows(report) == [3]
        assert (report.rejected, report.questionable) == (4, 0)

    def test_does_not_take_blank_keys_for_equal(self, check, rows, title):
        for row in rows:
            row[title("decision_no")] = ""

        assert check(rows).findings == {"REQUIRED": 3}


class TestBatches:
    def test_give_the_same_verdicts_whatever_their_size(self, check, permit, tmp_path):
        rows = samples.sample_rows(permit, rows=60)
        dirt = random.Random(2)
        fields = [field.title for field in permit.stored_fields]
        for row in dirt.sample(rows, 30):
            row[dirt.choice(fields)] = dirt.choice(["", "x", "2019-02-30", "无"])
        rows += dirt.sample(rows, 10)

        verdicts = set()
        for batch_rows in (1, 3, 7, 1000):
            report = check(rows, batch_rows=batch_rows)
            verdicts.add((tuple(findings(report)), tuple(accepted_rows(report))))

        assert len(verdicts) == 1

    def test_report_their_progress(self, rows, write, permit, surroundings, tmp_path):
        told: list[int] = []

        run.check(
            write(rows),
            dataset=permit,
            context=replace(surroundings, batch_rows=2),
            out=tmp_path,
            progress=told.append,
        )

        assert told == [2, 3]

    def test_leave_nothing_but_the_three_files(self, check, rows, tmp_path):
        check(rows)

        assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
            "accepted.parquet",
            "findings.parquet",
            "held.parquet",
        ]


class TestReport:
    def test_counts_each_finding(self, check, permit):
        rows = samples.sample_rows(permit, rows=20)
        for row in rows[::2]:
            row["许可类别"] = "特别"

        report = check(rows)

        counted = Counter(rule for _, _, rule in findings(report))
        assert report.findings == counted == {"CODE_LIST": 10}

    def test_lists_columns_that_nobody_knows(self, check, rows):
        for row in rows:
            row["本地列"] = "1"

        assert check(rows).ignored_columns == ("本地列",)

    def test_names_the_day_of_intake_nowhere(self, check, rows):
        assert ON.isoformat() not in str(check(rows))


class TestSoleProprietors:
    def test_are_put_on_no_list(self, check):
        dataset = next(each for each in catalog.datasets() if not each.sole_proprietors)
        rows = samples.sample_rows(dataset, rows=1)
        code_title = dataset.field(dataset.subject_code or "").title
        body = "92210899" + rows[0][code_title][8:17]
        rows[0][code_title] = body + uscc.check_character(body)

        report = check(rows, dataset=dataset)

        assert "SOLE_PROPRIETOR_LIST" in report.findings
        assert report.rejected == 1


def test_nothing_of_a_refused_file_is_left(check, rows, write, tmp_path):
    path = write(rows)
    path.write_bytes(path.read_bytes() + b"\0")

    with pytest.raises(run.refusals.UnreadableFileError):
        check(path)

    assert list(Path(tmp_path / "out").iterdir()) == []
