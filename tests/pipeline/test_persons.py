"""Rows and files that speak of natural persons."""

from __future__ import annotations

import polars as pl
import pytest

from tests.pipeline.conftest import StubRegister, findings
from xinheng.core.identifiers import uscc
from xinheng.pipeline import run

# Made up: a place that exists, a date, a right check character.
PERSON_15 = "210802900101124"


def resident_id(body: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * w for digit, w in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]


PERSON = resident_id("21080219900101123")


@pytest.fixture(scope="module")
def both() -> str:
    """A number that is a valid identity number and a valid code."""
    for serial in range(100_000):
        year, day = 60 + serial // 28 % 40, 1 + serial % 28
        number = resident_id(f"21080219{year}01{day:02}{serial % 1000:03}")
        if uscc.reason(number) is None:
            return number
    raise AssertionError("no such number")


class TestPersonalData:
    def test_is_nowhere_in_what_is_written(self, check, rows, title, tmp_path):
        dotted = " ".join(PERSON)
        rows[0][title("remark")] = f"电话之外还有{PERSON}"
        rows[1]["无关的列"] = dotted
        rows[2][title("permit_content")] = PERSON.translate(
            str.maketrans("0123456789", "０１２３４５６７８９")
        )

        report = check(rows)

        assert report.personal_data
        assert report.rejected == 3
        assert findings(report) == [
            (1, "remark", "PERSONAL_ID"),
            (2, "", "PERSONAL_ID"),
            (3, "permit_content", "PERSONAL_ID"),
        ]
        written = b"".join(p.read_bytes() for p in (tmp_path / "out").rglob("*.*"))
        for spelling in (PERSON, dotted, rows[2][title("permit_content")]):
            assert spelling.encode() not in written

    def test_of_columns_about_persons_is_dropped(self, check, rows):
        for row in rows:
            row |= {"法定代表人": "示例甲", "XK_FR_ZJLX": "身份证"}

        report = check(rows)

        assert report.accepted == 3
        assert report.personal_data  # the bytes hold names
        assert report.matched_columns["法定代表人"] == "legal_rep_name"
        columns = pl.read_parquet(report.accepted_path).columns
        assert "legal_rep_name" not in columns

    def test_refuses_a_row_with_a_natural_persons_document(self, check, rows):
        rows[1]["证件号码"] = "P1234567"

        report = check(rows)

        assert findings(report) == [(2, "party_id_no", "NATURAL_PERSON")]
        assert report.personal_data

    def test_in_a_code_column_passes_only_where_the_register_holds_the_code(
        self, check, rows, title, both
    ):
        rows[0][title("uscc")] = both
        name = rows[0][title("subject_name")]

        assert findings(check(rows)) == [(1, "uscc", "PERSONAL_ID")]
        passed = check(rows[:1], register=StubRegister([(both, name)]))
        assert passed.accepted == 1
        assert not passed.personal_data

    @pytest.mark.parametrize("place", ["file name", "header", "title"])
    def test_in_a_name_refuses_the_file(self, check, rows, write, tmp_path, place):
        if place == "header":
            rows[0][f"备注{PERSON}"] = ""
        name = f"{PERSON}.csv" if place == "file name" else "permits.csv"
        path = write(rows, name=name)
        if place == "title":
            path.write_text(f"名单 {PERSON}\n" + path.read_text("utf-8"), "utf-8")

        with pytest.raises(run.refusals.UnreadableFileError) as refused:
            check(path)

        assert refused.value.code == "PERSONAL_ID"
        assert PERSON not in str(refused.value)
        assert list((tmp_path / "out").iterdir()) == []
