"""rejects.csv: what a clerk opens in a spreadsheet."""

from __future__ import annotations

import csv
import io

import polars as pl
import pytest

from xinheng.pipeline import rejects
from xinheng.rulebook import catalog

COLUMNS = [
    "row",
    "field",
    "rule",
    "severity",
    "message_zh",
    "message_en",
    "advice_zh",
    "advice_en",
]


@pytest.fixture
def written(check, permit, tmp_path):
    def write(rows):
        report = check(rows)
        path = tmp_path / "rejects.csv"
        rejects.write_csv(
            report,
            permit,
            catalog.rules(),
            path,
            code_lists=catalog.code_lists(),
        )
        return path.read_bytes()

    return write


class TestWriteCsv:
    def test_has_a_mark_and_the_stable_columns(self, written, rows):
        content = written(rows)

        assert content.startswith(b"\xef\xbb\xbf")
        assert content.decode("utf-8-sig").split() == [",".join(COLUMNS)]

    def test_names_row_field_rule_and_says_what_to_do(self, written, rows, title):
        rows[1][title("permit_type")] = "特别"
        rows[2][title("valid_to")] = "2001-01-01"

        text = written(rows).decode("utf-8-sig")

        first, second = csv.DictReader(io.StringIO(text))
        assert list(first) == COLUMNS
        assert (first["row"], first["field"]) == ("2", "permit_type")
        assert (first["rule"], first["severity"]) == ("CODE_LIST", "error")
        assert "许可类别" in first["message_zh"]
        assert "普通" in first["advice_zh"]
        assert (second["rule"], second["field"]) == ("DATE_ORDER", "valid_to")
        assert "有效期自" in second["message_zh"]

    def test_holds_no_value_of_the_file_and_no_formula(self, written, rows, title):
        attack = "=HYPERLINK('http://example.invalid')"
        rows[0][title("permit_type")] = attack
        rows[1][title("decided_on")] = "@SUM(A1)"
        rows[2] |= {attack: "+1", title("uscc"): "-1+1"}

        text = written(rows).decode("utf-8-sig")

        cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
        assert len(cells) > len(COLUMNS)
        assert not any(
            cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells
        )
        assert "HYPERLINK" not in text

    def test_describes_every_rule_of_the_rulebook(self, permit):
        for rule in catalog.rules():
            texts = rejects.explain(
                "uscc",
                rule,
                dataset=permit,
                rules=catalog.rules(),
                code_lists=catalog.code_lists(),
            )
            assert texts.message_zh
            assert texts.advice_en


class TestAsCsv:
    def test_says_in_its_last_line_that_there_are_more(
        self, check, permit, rows, title, monkeypatch
    ):
        monkeypatch.setattr(rejects, "MOST_FINDINGS", 2)
        for row in rows:
            row[title("permit_type")] = "特别"
        report = check(rows)

        content = rejects.as_csv(
            pl.scan_parquet(report.findings_path),
            dataset=permit,
            rules=catalog.rules(),
            code_lists=catalog.code_lists(),
        )

        *listed, last = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
        assert [row["row"] for row in listed] == ["1", "2"]
        assert last["row"] == ""
        assert "共有 3 条" in last["message_zh"]

    def test_is_a_header_where_nothing_was_found(self, permit):
        content = rejects.as_csv(
            None,
            dataset=permit,
            rules=catalog.rules(),
            code_lists=catalog.code_lists(),
        )

        assert content.decode("utf-8-sig").split() == [",".join(COLUMNS)]
