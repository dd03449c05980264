"""`xinheng import --kind listings`: rows wait, a whole list adds, corrects and ends."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.factories import files, listings, register
from tests.factories.listings import BASIS, EXCLUSION, UNIT
from xinheng.apps.listings.models import Listing
from xinheng.cli import importing_lists
from xinheng.cli.importing_lists import Asked

WHOLE = {
    "标识": "甲",
    "统一社会信用代码": "",
    "依据": BASIS,
    "事实": "示例：逾期未支付工资",
    "告知书送达日期": "2019-05-06",
    "送达凭证": "送达回证 1 号",
    "陈述申辩截止日期": "2019-05-13",
    "列入决定文号": "示列入〔2019〕1号",
    "列入决定日期": "2019-05-14",
    "届满日期": "2021-05-14",
}


@pytest.fixture
def codes(db, settings) -> list[str]:
    return [listings.found(settings), register.add("示例市乙建筑有限公司")[0]]


def take(tmp_path: Path, capsys, *rows, **asked) -> tuple[dict, int]:
    path = files.write_csv(tmp_path / "list.csv", list(rows))
    told = {
        "file": path,
        "scheme": EXCLUSION,
        "authority": UNIT,
        "origin": "示例省人力资源和社会保障厅",
        "whole": None,
        "as_of": None,
    }
    code = 0
    try:
        importing_lists.take(Asked(**told | asked), as_json=True)
    except SystemExit as left:
        code = int(left.code or 0)
    return json.loads(capsys.readouterr().out), code


def row(code: str, key: str = "甲", **changes) -> dict[str, str]:
    return {**WHOLE, "统一社会信用代码": code, "标识": key, **changes}


class TestTake:
    def test_keeps_rows_waiting_and_those_without_basis_questionable(
        self, codes, tmp_path, capsys
    ):
        rows = [row(codes[0]), row(codes[1], "乙", 依据="")]

        told, code = take(tmp_path, capsys, *rows)

        assert (code, told["complete"], told["questionable"]) == (0, 1, 1)
        assert set(Listing.objects.values_list("state", flat=True)) == {"IMPORTED"}
        assert Listing.objects.get(source_key="乙").lacks == ["NO_LEGAL_BASIS"]

    def test_names_a_row_by_its_decision_where_it_has_no_key(
        self, codes, tmp_path, capsys
    ):
        take(tmp_path, capsys, row(codes[0], ""))

        assert Listing.objects.get().source_key == f"示列入〔2019〕1号/{codes[0]}"

    def test_tells_which_rows_are_refused(self, codes, tmp_path, capsys):
        rows = [row(codes[0], 列入决定日期="去年"), row("91210899MA00000000", "乙")]

        told, code = take(tmp_path, capsys, *rows)

        assert code == 1
        assert [each["row"] for each in told["refused"]] == [1, 2]
        assert not Listing.objects.exists()


class TestTakeWhole:
    def month(self, tmp_path, capsys, number, *rows):
        asked = {
            "whole": f"示例省名单 {number} 月",
            "as_of": datetime(2019, number, 1, tzinfo=UTC),
        }
        return take(tmp_path, capsys, *rows, **asked)

    def test_adds_corrects_and_ends(self, codes, tmp_path, capsys):
        one, two = codes
        self.month(tmp_path, capsys, 6, row(one), row(two, "乙"))

        corrected = row(one, 届满日期="2020-05-14")
        told, code = self.month(tmp_path, capsys, 7, corrected)

        assert code == 0
        assert (told["complete"], told["removed"], told["unchanged"]) == (1, 1, 0)
        states = Listing.objects.order_by("id").values_list("state", flat=True)
        assert list(states) == ["DROPPED", "DROPPED", "IMPORTED"]

    def test_ends_nothing_where_a_row_cannot_be_read(self, codes, tmp_path, capsys):
        one, two = codes
        self.month(tmp_path, capsys, 6, row(one), row(two, "乙"))

        told, code = self.month(tmp_path, capsys, 7, row(one, 列入决定日期="去年"))

        assert (code, told["error"]["code"]) == (1, "UNREAD_ROWS")
        assert Listing.objects.filter(state="IMPORTED").count() == 2

    def test_refuses_a_list_that_the_rulebook_has_not(self, codes, tmp_path, capsys):
        told, code = take(tmp_path, capsys, row(codes[0]), scheme="no-such-list")

        assert (code, told["error"]["code"]) == (2, "UNKNOWN_LIST")
