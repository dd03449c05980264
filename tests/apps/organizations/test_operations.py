"""The register: one code once, names with their dates, the same file twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from tests.factories import files
from xinheng.apps.organizations import operations, queries, search
from xinheng.apps.organizations.models import Organization, OrganizationName
from xinheng.rulebook import samples

pytestmark = pytest.mark.django_db

AT = datetime(2019, 6, 3, 2, 0, tzinfo=UTC)
FIRST = samples.organizations(3, seed=0)[0]


def write(path, *pairs):
    return files.write_csv(path, [{"name": n, "uscc": c} for n, c in pairs])


class TestImportRegister:
    def test_takes_every_organization(self, tmp_path):
        path = files.write_register(tmp_path / "register.csv", count=50)

        report = operations.import_register(path=path, actor="test", at=AT)

        assert (report.rows_read, report.new, report.rejected) == (50, 50, 0)
        assert queries.count() == 50

    def test_changes_nothing_the_second_time(self, tmp_path):
        path = files.write_register(tmp_path / "register.csv", count=50)
        operations.import_register(path=path, actor="test", at=AT)

        report = operations.import_register(path=path, actor="test", at=AT)

        assert (report.new, report.changed, report.unchanged) == (0, 0, 50)
        assert OrganizationName.objects.count() == 50

    def test_keeps_a_former_name_with_its_end(self, tmp_path):
        operations.import_register(
            path=write(tmp_path / "a.csv", (FIRST.name, FIRST.code)),
            actor="test",
            at=AT,
        )
        renamed = write(tmp_path / "b.csv", ("示例市更名后有限公司", FIRST.code))

        report = operations.import_register(
            path=renamed, actor="test", at=AT + timedelta(days=30)
        )

        assert report.changed == 1
        found = queries.get_public(FIRST.code)
        assert found is not None
        assert found.name == "示例市更名后有限公司"
        assert found.former_names == ((FIRST.name, None, date(2019, 7, 3)),)

    def test_renames_an_organization_registered_in_the_future(self, tmp_path):
        """A date that can't be right must not stop the import of a whole register."""
        row = {"name": FIRST.name, "uscc": FIRST.code, "成立日期": "2031-01-01"}
        operations.import_register(
            path=files.write_csv(tmp_path / "a.csv", [row]), actor="test", at=AT
        )
        renamed = write(tmp_path / "b.csv", ("示例市更名后有限公司", FIRST.code))

        report = operations.import_register(path=renamed, actor="test", at=AT)

        assert report.changed == 1
        old = OrganizationName.objects.get(name=FIRST.name)
        assert (old.effective_on, old.expires_on) == (None, date(2019, 6, 3))

    def test_dates_a_new_name_by_the_day_in_china(self, tmp_path):
        late = datetime(2019, 6, 3, 16, 30, tzinfo=UTC)
        for number, name in enumerate((FIRST.name, "示例市更名后有限公司")):
            operations.import_register(
                path=write(tmp_path / f"{number}.csv", (name, FIRST.code)),
                actor="test",
                at=late,
            )

        renamed = OrganizationName.objects.get(name="示例市更名后有限公司")
        assert renamed.effective_on == date(2019, 6, 4)

    def test_takes_a_former_name_back(self, tmp_path):
        for number, name in enumerate((FIRST.name, "示例市更名后有限公司", FIRST.name)):
            operations.import_register(
                path=write(tmp_path / f"{number}.csv", (name, FIRST.code)),
                actor="test",
                at=AT + timedelta(days=number),
            )

        found = queries.get_public(FIRST.code)
        assert found is not None
        assert found.name == FIRST.name
        assert found.former_names == (
            ("示例市更名后有限公司", date(2019, 6, 4), date(2019, 6, 5)),
            (FIRST.name, None, date(2019, 6, 4)),
        )

    def test_refuses_a_wrong_code_and_takes_the_rest(self, tmp_path):
        wrong = FIRST.code[:-1] + ("0" if FIRST.code[-1] != "0" else "1")
        other = samples.organizations(3, seed=0)[1]
        path = write(tmp_path / "a.csv", (FIRST.name, wrong), (other.name, other.code))

        report = operations.import_register(path=path, actor="test", at=AT)

        assert (report.new, report.rejected) == (1, 1)
        assert list(Organization.objects.values_list("uscc", flat=True)) == [other.code]

    def test_goes_on_taking_a_code_that_was_confirmed_as_issued(self, tmp_path):
        odd = f"{FIRST.code[:-1]}{'0' if FIRST.code[-1] != '0' else '1'}"
        row = {"name": FIRST.name, "uscc": odd}
        confirmed = files.write_csv(tmp_path / "a.csv", [row | {"确认按此发放": "是"}])
        operations.import_register(path=confirmed, actor="test", at=AT)

        report = operations.import_register(
            path=files.write_csv(tmp_path / "b.csv", [row | {"登记状态": "注销"}]),
            actor="test",
            at=AT + timedelta(days=1),
        )

        assert (report.changed, report.rejected, report.absent) == (1, 0, 0)
        assert Organization.objects.get().status == "DEREGISTERED"

    def test_cuts_a_former_name_that_is_longer_than_a_name(self, tmp_path):
        row = {"name": FIRST.name, "uscc": FIRST.code, "曾用名": "长" * 10_000}

        operations.import_register(
            path=files.write_csv(tmp_path / "a.csv", [row]), actor="test", at=AT
        )

        names = OrganizationName.objects.values_list("name", flat=True)
        assert {len(name) for name in names} == {len(FIRST.name), 300}

    def test_refuses_a_name_that_is_too_long_once_it_is_folded(self, tmp_path):
        # One sign that stands for eighteen.
        path = write(tmp_path / "a.csv", ("\ufdfa" * 300, FIRST.code))

        report = operations.import_register(path=path, actor="test", at=AT)

        assert report.rejected_rows == ((1, "name", "LENGTH"),)
        assert not Organization.objects.exists()


class TestRegister:
    def test_finds_a_code_under_every_name(self, tmp_path):
        for number, name in enumerate((FIRST.name, "示例市更名后有限公司")):
            operations.import_register(
                path=write(tmp_path / f"{number}.csv", (name, FIRST.code)),
                actor="test",
                at=AT + timedelta(days=number),
            )

        found = queries.register().lookup(pl.Series([FIRST.code, "无", None]))

        assert set(found["name"]) == {FIRST.name, "示例市更名后有限公司"}
        assert set(found["code"]) == {FIRST.code}


class TestSearch:
    def test_finds_part_of_a_name_and_the_start_of_a_code(self, tmp_path):
        path = files.write_register(tmp_path / "register.csv", count=50)
        operations.import_register(path=path, actor="test", at=AT)

        by_name = search.search(text=FIRST.name[4:8])
        by_code = search.search(text=FIRST.code.lower())

        assert FIRST.code in {hit.uscc for hit in by_name.items}
        assert [hit.uscc for hit in by_code.items] == [FIRST.code]

    def test_does_not_look_for_one_character(self):
        assert search.search(text="示").total == 0

    def test_does_not_find_a_sole_proprietor_by_what_is_not_shown(self, tmp_path):
        one = next(
            each
            for each in samples.organizations(400, seed=0)
            if each.code.startswith("92")
        )
        for number, name in enumerate(("赵示例", "顺发小吃店(赵示例)")):
            operations.import_register(
                path=write(tmp_path / f"{number}.csv", (name, one.code)),
                actor="test",
                at=AT,
            )
            assert search.search(text="赵示例").total == 0

        assert [hit.name for hit in search.search(text="顺发小吃").items] == [
            "顺发小吃店"
        ]
        assert search.search(text=one.code).total == 1
        found = queries.get_public(one.code)
        assert found is not None
        assert found.former_names == ()

    @pytest.mark.parametrize(
        "text", ["示\x00例", "示" * 60_000, "9" * 60_000, "\ud800示"]
    )
    def test_finds_nothing_under_what_no_name_can_be(self, text):
        assert search.search(text=text).total == 0
        assert queries.get_public(text) is None

    def test_turns_no_page_that_a_database_can_not_count(self, tmp_path):
        path = files.write_register(tmp_path / "register.csv", count=50)
        operations.import_register(path=path, actor="test", at=AT)

        far = search.search(text="示例", page=10**30)
        before = search.search(text="示例", page=-1)

        assert (far.items, far.total) == ((), 50)
        assert before.number == 1
