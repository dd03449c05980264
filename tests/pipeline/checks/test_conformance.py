"""One corpus of codes that every engine answers alike.

`tests/golden/uscc/conformance.csv` holds made-up and published codes with the first
failed rule: every character in positions 17 and 18, letters in the division, letter-led
codes, blanks, widths. An engine that is added later has to give the same answers.
"""

import csv
from pathlib import Path

import polars as pl
import pytest

from xinheng.core.identifiers import uscc
from xinheng.pipeline.checks import uscc as checks

CORPUS = Path(__file__).parents[2] / "golden" / "uscc" / "conformance.csv"


@pytest.fixture(scope="module")
def corpus():
    with CORPUS.open(encoding="utf-8", newline="") as file:
        return [(row["text"], row["reason"] or None) for row in csv.DictReader(file)]


class TestCorpus:
    def test_covers_every_rule(self, corpus):
        assert {reason for _, reason in corpus} == {None, *uscc.REASONS}

    def test_is_answered_by_the_reference(self, corpus):
        assert [(text, uscc.reason(text)) for text, _ in corpus] == corpus

    def test_is_answered_by_the_column_engine(self, corpus):
        frame = pl.DataFrame({"code": [text for text, _ in corpus]})

        answer = frame.with_columns(checks.normalized("code")).select(
            checks.reason("code")
        )

        assert answer.to_series().to_list() == [reason for _, reason in corpus]
