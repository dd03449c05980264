"""Kinds of organizations and sections of industry, as they are shipped."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from xinheng.core.identifiers import uscc
from xinheng.core.organizations import industries
from xinheng.rulebook import catalog, organizations

INDUSTRIES = (
    Path(__file__).parents[3] / "shared" / "data" / "gbt4754_2017_industry_codes.csv"
)


class TestKinds:
    def test_are_those_of_the_table_of_codes(self) -> None:
        known = {
            authority + kind
            for authority, kinds in uscc.AUTHORITIES.items()
            for kind in kinds
        }

        assert set(organizations.kinds()) == known


class TestSections:
    def test_are_twenty_without_a_gap(self) -> None:
        letters = [section.letter for section in organizations.sections()]

        assert "".join(letters) == "ABCDEFGHIJKLMNOPQRST"
        assert organizations.sections()[-1].last == 97

    @pytest.mark.shared_data
    @pytest.mark.skipif(not INDUSTRIES.exists(), reason="shared data is absent")
    def test_hold_every_code_of_the_standard(self) -> None:
        with INDUSTRIES.open(encoding="utf-8-sig", newline="") as source:
            codes = [row["code"] for row in csv.DictReader(source)]

        sections = organizations.sections()

        assert [industries.read(code, sections) for code in codes] == codes


class TestReturns:
    @pytest.mark.parametrize(
        "name",
        [
            "market_registration",
            "civil_affairs_registration",
            "institution_registration",
            "organ_registration",
        ],
    )
    def test_call_every_field_unverified(self, name: str) -> None:
        item = catalog.dataset(name)

        assert item.verification.value == "unverified"
        assert all("未核实" in (field.note or "") for field in item.fields)

    def test_of_institutions_holds_all_of_the_organs(self) -> None:
        organs = {field.name for field in catalog.dataset("organ_registration").fields}
        institutions = catalog.dataset("institution_registration").fields

        assert organs <= {field.name for field in institutions}
