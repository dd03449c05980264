"""Rows linked with the register of organizations."""

from __future__ import annotations

import polars as pl
import pytest

from tests.pipeline.conftest import StubRegister, findings


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
