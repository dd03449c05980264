"""Rows linked with the register of organizations."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pipeline.conftest import StubRegister, findings
from xinheng.core.identifiers import names
from xinheng.pipeline import linking


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

    def test_takes_a_former_code_and_tells_so(self, check, rows, title):
        class WithFormer(StubRegister):
            def lookup(self, codes):
                known = super().lookup(codes)
                is_former = pl.col("code") == rows[0][title("uscc")]
                return known.with_columns(is_former=is_former)

        known = [(row[title("uscc")], row[title("subject_name")]) for row in rows]

        report = check(rows, register=WithFormer(known))

        assert report.accepted == len(rows)
        assert findings(report) == [(1, "uscc", "FORMER_CODE")]

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


class TestAuthorities:
    @pytest.fixture
    def held(self, rows, title):
        return [(row[title("uscc")], row[title("subject_name")]) for row in rows]

    @pytest.fixture
    def authority(self, rows, title):
        """The one authority of the rows, by code and name."""
        return rows[0][title("authority_uscc")], rows[0][title("authority_name")]

    def test_are_told_of_by_another_name_than_the_register_holds(
        self, check, rows, held, authority
    ):
        code, _ = authority

        report = check(rows[:1], register=StubRegister([*held, (code, "示例市旧局")]))

        assert findings(report) == [(1, "authority_name", "AUTHORITY_NAME")]
        assert report.accepted == 1

    def test_may_bear_a_former_name(self, check, rows, held, authority):
        code, name = authority
        known = [*held, (code, "示例市新局"), (code, name.replace("市", " 市"))]

        report = check(rows[:1], register=StubRegister(known))

        assert report.findings == {}

    def test_that_the_register_does_not_know_bear_any_name(self, check, rows, held):
        assert check(rows, register=StubRegister(held)).findings == {}


class TestFoldName:
    @given(
        st.lists(
            st.text(
                "示例市aAａßé(（[【〔)）]】〕 \u3000\u200b\u2003\ufeff-·", max_size=12
            )
        )
    )
    def test_agrees_with_the_reference_on_every_row(self, given_names):
        frame = pl.DataFrame({"name": given_names}, schema={"name": pl.String})

        answer = frame.select(linking.fold_name("name")).to_series()

        assert answer.to_list() == [names.fold(name) for name in given_names]
