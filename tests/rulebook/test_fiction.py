"""The fictional city."""

from __future__ import annotations

from datetime import date

from xinheng.core.identifiers import codes, uscc
from xinheng.core.identifiers.codes import CodeClass
from xinheng.rulebook import catalog, fiction


class TestOrganizations:
    def test_are_the_same_on_every_call_whatever_their_number(self) -> None:
        assert fiction.organizations(10) == fiction.organizations(100)[:10]

    def test_differ_between_registers(self) -> None:
        first = {organization.code for organization in fiction.organizations(50)}
        other = {organization.code for organization in fiction.organizations(50, 1)}

        assert not first & other

    def test_have_codes_and_names_of_their_own(self) -> None:
        found = fiction.organizations(20_000)

        assert len({organization.code for organization in found}) == 20_000
        assert len({organization.name for organization in found}) == 20_000

    def test_have_valid_codes_in_the_division_that_does_not_exist(self) -> None:
        for organization in fiction.organizations(500):
            parsed = uscc.parse(organization.code)

            assert parsed.division == organization.division == "210899"
            assert codes.classify(organization.code) is CodeClass.VALID

    def test_are_of_every_kind_with_the_prefix_of_the_kind(self) -> None:
        found = {
            (organization.kind, organization.code[:2])
            for organization in fiction.organizations(100)
        }

        assert sorted(found) == [
            ("association", "51"),
            ("company", "91"),
            ("cooperative", "93"),
            ("private_institution", "52"),
            ("public_institution", "12"),
            ("sole_proprietor", "92"),
        ]

    def test_say_in_their_name_that_they_are_an_example(self) -> None:
        names = [organization.name for organization in fiction.organizations(500)]

        assert all(name.startswith("示例市") for name in names)

    def test_were_registered_before_the_month_of_the_bulletin(self) -> None:
        days = [found.registered_on for found in fiction.organizations(5000)]

        assert date(2015, 10, 1) <= min(days) < max(days) < date(2019, 5, 1)


class TestUnits:
    def test_have_a_valid_code_of_their_own(self) -> None:
        found = {fiction.unit_code(unit) for unit in catalog.units()}

        assert len(found) == 48
        assert {codes.classify(code) for code in found} == {CodeClass.VALID}

    def test_carry_the_city_once(self) -> None:
        names = [fiction.unit_name(unit) for unit in catalog.units()]

        assert names[0] == "示例市行政审批局"
        assert names[7] == "示例海关"
        assert names[43] == "示例市银监局"
        assert all(name.count("示例") == 1 for name in names)
