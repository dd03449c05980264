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

# Made up: a place that exists, a date of birth; the first has a right check character,
# the second fails the check of a registration number.
PERSON = "210802199001011235"
PERSON_15 = "210802900101124"


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
            ("decided_on", "2019.5", ["DATE_FORMAT"]),
            ("decided_on", "2019-02-30", ["DATE_FORMAT"]),
            ("decided_on", "2019-06-04", ["DATE_FUTURE"]),
            ("decided_on", "2019-05-01", ["LATE"]),
            ("decided_on", "1990-05-01", ["LATE_PROVISIONAL"]),
            ("valid_to", "2001-01-01", ["DATE_ORDER"]),
            ("uscc", "91110000600037341Y", ["USCC_CHECK"]),
            ("uscc", "911100006000373418", ["USCC_CHECK"]),
            ("uscc", "9111000060003734", ["USCC_FORMAT", "CODE_TRUNCATED"]),
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

    @pytest.mark.parametrize("code", ["９2110000600037341L", "110108600000016"])
    def test_say_nothing_of_the_category_where_the_code_is_not_whole(
        self, check, rows, title, code
    ):
        rows[1] |= {title("subject_category"): "个体工商户", title("uscc"): code}

        assert (2, "subject_category", "CATEGORY_CODE") not in findings(check(rows))

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

    def test_leave_nothing_but_the_four_files(self, check, rows, tmp_path):
        check(rows)

        assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
            "accepted.parquet",
            "findings.parquet",
            "held.parquet",
            "rejected.parquet",
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
