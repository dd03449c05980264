"""Lists of industries and divisions are imported, and only ever add knowledge."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.factories import files
from tests.factories.issues import take
from xinheng.apps.intake import checking
from xinheng.apps.ledger.models import Entry
from xinheng.apps.organizations import operations, queries, references
from xinheng.apps.organizations.models import RegisterIssue
from xinheng.pipeline.failures import UnreadableFileError
from xinheng.pipeline.reference_list import Kind
from xinheng.rulebook import divisions, samples

AT = datetime(2019, 6, 3, 2, 0, tzinfo=UTC)
SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
ONE = samples.organizations(1)[0]

pytestmark = pytest.mark.django_db


def take_list(path: Path, kind: Kind, *rows: tuple[str, str]):
    named = [{"代码": code, "名称": title} for code, title in rows]
    return references.import_list(
        path=files.write_csv(path / "list.csv", named), kind=kind, actor="t", at=AT
    )


class TestImportList:
    def test_counts_what_is_new_changed_and_absent(self, tmp_path):
        take_list(tmp_path, Kind.INDUSTRIES, ("A", "农业"), ("A01", "农业"))

        done = take_list(
            tmp_path, Kind.INDUSTRIES, ("A", "农、林、牧、渔业"), ("A0111", "稻谷种植")
        )

        assert (done.new, done.changed, done.unchanged, done.absent) == (1, 1, 0, 1)
        assert references.title_of(Kind.INDUSTRIES, "A") == "农、林、牧、渔业"
        assert references.title_of(Kind.INDUSTRIES, "A01") == "农业"

    def test_changes_nothing_the_second_time(self, tmp_path):
        rows = (("210899", "示例区"), ("210800", "示例市"))
        take_list(tmp_path, Kind.DIVISIONS, *rows)

        done = take_list(tmp_path, Kind.DIVISIONS, *rows)

        assert (done.new, done.changed, done.unchanged) == (0, 0, 2)

    def test_leaves_out_what_is_no_code(self, tmp_path):
        done = take_list(
            tmp_path,
            Kind.DIVISIONS,
            *(("2108", "短"), ("21089X", "字母"), ("210899", ""), ("", "无")),
            ("210801", "好"),
        )

        assert (done.rows_read, done.rejected, done.new) == (5, 4, 1)
        assert {row for row, _, _ in done.rejected_rows} == {1, 2, 3, 4}

    def test_says_in_the_ledger_which_file_it_was(self, tmp_path):
        take_list(tmp_path, Kind.INDUSTRIES, ("A", "农业"))

        body = json.loads(Entry.objects.get(kind="reference.imported").body)
        assert body["list"] == "industries"
        assert len(body["file_sha256"]) == 64

    def test_refuses_a_file_that_is_no_list(self, tmp_path):
        path = files.write_csv(tmp_path / "a.csv", [{"甲": "A", "乙": "农业"}])

        with pytest.raises(UnreadableFileError):
            references.import_list(path=path, kind=Kind.INDUSTRIES, actor="t", at=AT)
        assert not Entry.objects.exists()


class TestDivisions:
    def test_that_were_imported_are_noticed_no_more(self, tmp_path):
        take_list(tmp_path, Kind.DIVISIONS, (ONE.code[2:8], "示例区"))

        take(tmp_path, (ONE.name, ONE.code))

        assert not RegisterIssue.objects.filter(kind="BAD_REGION").exists()
        assert ONE.code[2:8] in checking.context(on=date(2019, 6, 3)).divisions


class TestIndustries:
    def test_give_an_organization_s_page_their_title(self, tmp_path):
        take_list(tmp_path, Kind.INDUSTRIES, ("F5121", "谷物、豆及薯类批发"))
        row = {"机构名称": ONE.name, "统一社会信用代码": ONE.code, "行业代码": "5121"}
        path = files.write_csv(tmp_path / "register.csv", [row])
        operations.import_register(path=path, actor="t", at=AT)

        view = queries.get_public(ONE.code)

        assert view is not None
        assert (view.industry, view.industry_title) == ("F5121", "谷物、豆及薯类批发")


@pytest.mark.shared_data
@pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared/data")
class TestRealLists:
    def test_of_industries_is_taken_whole(self):
        done = references.import_list(
            path=SHARED / "gbt4754_2017_industry_codes.csv",
            kind=Kind.INDUSTRIES,
            actor="t",
            at=AT,
        )

        assert (done.new, done.rejected) == (1971, 0)

    def test_of_divisions_adds_those_that_the_library_lacks(self):
        done = references.import_list(
            path=SHARED / "gb2260_history_1980_201904.csv",
            kind=Kind.DIVISIONS,
            actor="t",
            at=AT,
        )

        assert done.rejected == 0
        assert len(references.known_divisions() - divisions.load()) > 100
