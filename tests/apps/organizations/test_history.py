"""As known on K, about day D."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.factories import files
from xinheng.apps.organizations import operations, queries
from xinheng.rulebook import samples

pytestmark = pytest.mark.django_db

AT = datetime(2019, 6, 3, 2, 0, tzinfo=UTC)
ONE, OTHER = [e for e in samples.organizations(20) if e.code.startswith("91")][:2]
FOREVER = datetime(2099, 1, 1, tzinfo=UTC)


def tell(path, day, **row):
    named = {"机构名称": ONE.name, "统一社会信用代码": ONE.code} | row
    operations.import_register(
        path=files.write_csv(path / f"{day}.csv", [named]),
        actor="test",
        at=AT + timedelta(days=day),
        is_delta="变更类型" in row,
    )


@pytest.fixture
def told(tmp_path):
    tell(tmp_path, 0, 成立日期="2018-01-01")
    change = {"变更类型": "变更", "变更日期": "2019-05-01"}
    tell(tmp_path, 10, 机构名称="示例市更名有限公司", **change)
    change = {"变更类型": "变更", "变更日期": "2019-06-20"}
    code = {"统一社会信用代码": OTHER.code, "原统一社会信用代码": ONE.code}
    tell(tmp_path, 20, 机构名称="示例市更名有限公司", **code, **change)
    tell(
        tmp_path,
        30,
        机构名称="示例市更名有限公司",
        统一社会信用代码=OTHER.code,
        变更类型="注销",
        变更日期="2019-07-01",
    )


@pytest.mark.usefixtures("told")
class TestAsOf:
    def test_about_a_day_before_everything_changed(self):
        found = queries.as_of(ONE.code, on=date(2019, 4, 1), known_at=FOREVER)

        assert (found.uscc, found.name) == (ONE.code, ONE.name)
        assert found.status == "REGISTERED"

    def test_does_not_know_yet_what_was_recorded_later(self):
        day = date(2019, 6, 1)

        early = queries.as_of(ONE.code, on=day, known_at=AT + timedelta(days=5))
        late = queries.as_of(ONE.code, on=day, known_at=AT + timedelta(days=15))

        assert (early.name, late.name) == (ONE.name, "示例市更名有限公司")

    def test_follows_the_code(self):
        before = queries.as_of(OTHER.code, on=date(2019, 6, 1), known_at=FOREVER)
        after = queries.as_of(ONE.code, on=date(2019, 7, 2), known_at=FOREVER)

        assert (before.uscc, after.uscc) == (ONE.code, OTHER.code)
        assert after.status == "DEREGISTERED"

    def test_is_nothing_before_it_was_known_or_registered(self):
        day = AT - timedelta(days=1)

        assert queries.as_of(ONE.code, on=day.date(), known_at=day) is None
        assert queries.as_of(ONE.code, on=date(2017, 1, 1), known_at=FOREVER) is None
        assert queries.as_of("\x00", on=day.date(), known_at=FOREVER) is None
