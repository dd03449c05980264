from __future__ import annotations

from datetime import date

import pytest

from tests.factories.accounts import AT, FROM, add_unit
from xinheng.apps.units import operations, queries
from xinheng.core.catalog.datasets import SourceUnit

pytestmark = pytest.mark.django_db
BEFORE, CLOSED_ON = date(2018, 12, 31), date(2020, 1, 1)


def close(code: str) -> None:
    operations.close_unit(code=code, expires_on=CLOSED_ON, actor="a", at=AT)


class TestGetUnit:
    def test_finds_by_code_and_by_name(self):
        add_unit("city")

        found = [queries.get_unit(text) for text in ("city", "示例市city", " city ")]

        assert [unit.code for unit in found] == ["city"] * 3

    def test_prefers_the_code_where_another_unit_bears_it_as_a_name(self):
        named = SourceUnit(code="other", position=0, name="city", name_en="")
        operations.add_unit(unit=named, effective_on=FROM, actor="a", at=AT)
        add_unit("city")

        assert queries.get_unit("city").code == "city"

    def test_finds_a_closed_unit(self):
        add_unit("city")
        close("city")

        assert queries.get_unit("city").expires_on == CLOSED_ON

    def test_names_what_is_unknown(self):
        with pytest.raises(queries.UnknownUnitError) as unknown:
            queries.get_unit("nowhere")

        assert unknown.value.unit == "nowhere"


class TestListUnits:
    @pytest.mark.parametrize(
        ("on", "codes"),
        [
            (BEFORE, []),
            (FROM, ["b", "a"]),
            (date(2019, 12, 31), ["b", "a"]),
            (CLOSED_ON, ["a"]),
        ],
    )
    def test_lists_those_of_the_day_in_order(self, on: date, codes: list[str]):
        add_unit("b")
        add_unit("a")
        close("b")

        assert [unit.code for unit in queries.list_units(on)] == codes


class TestListDistrictCodes:
    def test_lists_the_districts_of_the_day(self):
        add_unit("city")
        add_unit("east", parent="city")
        add_unit("west", parent="city")
        add_unit("other")
        close("west")

        listed = queries.list_district_codes(parents=["city", "other"], on=CLOSED_ON)

        assert listed == {"east"}


class TestListActiveCodes:
    def test_leaves_out_the_closed_and_the_unknown(self):
        add_unit("a")
        add_unit("b")
        close("b")

        listed = queries.list_active_codes(codes=["a", "b", "c"], on=CLOSED_ON)

        assert listed == {"a"}
