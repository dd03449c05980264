from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from tests.factories.accounts import AT, FROM, add_unit
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.units import operations, queries
from xinheng.apps.units.models import Unit
from xinheng.apps.units.operations import Reason, UnitRefusedError
from xinheng.core.catalog.datasets import SourceUnit

pytestmark = pytest.mark.django_db
CLOSED_ON = date(2020, 1, 1)


def source_unit(code: str = "transport", *, name: str = "示例市交通局") -> SourceUnit:
    return SourceUnit(code=code, position=0, name=name, name_en="Transport")


def add(unit: SourceUnit, *, parent: str | None = None) -> queries.UnitView:
    return operations.add_unit(
        unit=unit, effective_on=FROM, actor="operator", at=AT, parent=parent
    )


def close(code: str, *, on: date = CLOSED_ON) -> queries.UnitView:
    return operations.close_unit(code=code, expires_on=on, actor="operator", at=AT)


def last_entry() -> ledger.EntryView:
    return ledger.get_entry(ledger.size() - 1)


class TestLoad:
    def test_adds_each_unit_once(self):
        units = [source_unit("a", name="甲"), source_unit("b", name="乙")]

        added = [operations.load(units=units, effective_on=FROM) for _ in range(2)]

        assert added == [2, 0]
        assert Unit.objects.count() == 2

    def test_leaves_a_unit_that_is_there_as_it_is(self):
        add(source_unit(name="新名称"))

        operations.load(units=[source_unit(name="旧名称")], effective_on=FROM)

        assert queries.get_unit("transport").name == "新名称"

    def test_adds_none_where_a_name_belongs_to_another_unit(self):
        add(source_unit("other", name="甲"))
        missing = [source_unit("b", name="乙"), source_unit("a", name="甲")]

        with pytest.raises(UnitRefusedError) as refused:
            operations.load(units=missing, effective_on=FROM)

        assert refused.value.reason is Reason.NAME_TAKEN
        assert Unit.objects.count() == 1


class TestAddUnit:
    def test_puts_the_unit_at_the_end_with_an_entry(self):
        add_unit("first")

        added = add(source_unit())

        assert added.position == 2
        assert last_entry().kind == "unit.added"
        assert last_entry().subject == "unit:transport"
        assert last_entry().body == {
            "name": "示例市交通局",
            "parent": None,
            "effective_on": "2019-01-01",
        }

    def test_puts_a_district_under_the_city(self):
        add_unit("city")

        added = add(source_unit(), parent="city")

        assert added.parent == "city"

    @pytest.mark.parametrize(
        ("unit", "reason"),
        [
            (source_unit("交通"), Reason.CODE),
            (source_unit("x" * 33), Reason.CODE),
            (source_unit("city"), Reason.CODE_TAKEN),
            (source_unit(name="  "), Reason.NAME),
            (source_unit(name="名" * 201), Reason.NAME),
            (source_unit(name="示例市city"), Reason.NAME_TAKEN),
        ],
    )
    def test_refuses_what_breaks_a_rule(self, unit: SourceUnit, reason: Reason):
        add_unit("city")
        before = ledger.size()

        with pytest.raises(UnitRefusedError) as refused:
            add(unit)

        assert refused.value.reason is reason
        assert ledger.size() == before

    def test_refuses_a_third_level(self):
        add_unit("city")
        add_unit("district", parent="city")

        with pytest.raises(UnitRefusedError) as refused:
            add(source_unit(), parent="district")

        assert refused.value.reason is Reason.THIRD_LEVEL

    def test_refuses_a_parent_that_is_closed(self):
        add_unit("city")
        close("city", on=date(2019, 1, 2))
        late = source_unit()

        with pytest.raises(UnitRefusedError) as refused:
            operations.add_unit(
                unit=late,
                effective_on=date(2019, 1, 2),
                actor="operator",
                at=AT,
                parent="city",
            )

        assert refused.value.reason is Reason.PARENT_NOT_ACTIVE

    def test_names_a_parent_that_is_unknown(self):
        with pytest.raises(queries.UnknownUnitError) as unknown:
            add(source_unit(), parent="nowhere")

        assert unknown.value.unit == "nowhere"


class TestRenameUnit:
    def test_keeps_the_former_name_in_the_ledger(self):
        add(source_unit())

        operations.rename_unit(
            code="transport", name="示例市运输局", name_en="Haulage", actor="a", at=AT
        )

        assert queries.get_unit("示例市运输局").name_en == "Haulage"
        assert last_entry().body == {
            "former_name": "示例市交通局",
            "name": "示例市运输局",
        }

    @pytest.mark.parametrize(
        ("name", "reason"), [("", Reason.NAME), ("示例市city", Reason.NAME_TAKEN)]
    )
    def test_refuses_a_name_that_is_blank_or_taken(self, name: str, reason: Reason):
        add_unit("city")
        add(source_unit())

        with pytest.raises(UnitRefusedError) as refused:
            operations.rename_unit(
                code="transport", name=name, name_en="", actor="a", at=AT
            )

        assert refused.value.reason is reason

    def test_refuses_a_closed_unit(self):
        add(source_unit())
        close("transport")

        with pytest.raises(UnitRefusedError) as refused:
            operations.rename_unit(
                code="transport", name="新", name_en="", actor="a", at=AT
            )

        assert refused.value.reason is Reason.CLOSED


class TestCloseUnit:
    def test_ends_the_unit_on_that_day(self):
        add(source_unit())

        closed = close("transport")

        assert closed.is_active_on(date(2019, 12, 31))
        assert not closed.is_active_on(CLOSED_ON)
        assert last_entry().kind == "unit.closed"

    def test_refuses_to_close_twice(self):
        add(source_unit())
        close("transport")

        with pytest.raises(UnitRefusedError) as refused:
            close("transport", on=date(2021, 1, 1))

        assert refused.value.reason is Reason.CLOSED

    def test_refuses_an_end_before_the_beginning(self):
        add(source_unit())

        with pytest.raises(UnitRefusedError) as refused:
            close("transport", on=FROM)

        assert refused.value.reason is Reason.TOO_EARLY

    def test_refuses_while_a_district_goes_on(self):
        add_unit("city")
        add_unit("district", parent="city")

        with pytest.raises(UnitRefusedError) as refused:
            close("city")

        assert refused.value.reason is Reason.DISTRICTS_REMAIN

    def test_accepts_where_the_districts_end_no_later(self):
        add_unit("city")
        add_unit("district", parent="city")
        close("district")

        assert close("city").expires_on == CLOSED_ON


class TestDatabase:
    def test_refuses_a_period_that_runs_backward(self):
        with pytest.raises(IntegrityError), transaction.atomic():
            Unit.objects.create(
                code="a", position=1, name="a", effective_on=FROM, expires_on=FROM
            )

    def test_refuses_a_unit_under_itself(self):
        with pytest.raises(IntegrityError), transaction.atomic():
            Unit.objects.create(
                code="a", position=1, name="a", effective_on=FROM, parent_id="a"
            )
