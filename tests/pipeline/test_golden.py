"""Whole files with every kind of slip, and the verdicts that they must get.

`tests/golden/<case>` holds `input.csv` and `register.csv`, the expected `accepted.csv`
and `rejects.csv`, and a README. After a change that is meant, write the expected files
anew with `XINHENG_UPDATE_GOLDEN=1` and read the difference.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from xinheng.pipeline import context, register_file, rejects, run
from xinheng.rulebook import catalog

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
ON = date(2019, 6, 3)


@pytest.mark.parametrize("case", ["permits"])
class TestGolden:
    def test_gives_the_expected_verdicts(self, case, tmp_path):
        place = GOLDEN / case
        dataset = catalog.dataset(case.removesuffix("s"))
        register = register_file.read(place / "register.csv")
        surroundings = context.standard(ON, register=register)

        report = run.check(
            place / "input.csv", dataset=dataset, context=surroundings, out=tmp_path
        )

        accepted = tmp_path / "accepted.csv"
        pl.read_parquet(report.accepted_path).write_csv(accepted)
        rejected = tmp_path / "rejects.csv"
        rejects.write_csv(
            report,
            dataset,
            surroundings.rules,
            rejected,
            code_lists=surroundings.code_lists,
        )
        for written in (accepted, rejected):
            self.compare(written, place / written.name)

    def compare(self, written, expected):
        if os.environ.get("XINHENG_UPDATE_GOLDEN"):
            expected.write_bytes(written.read_bytes())
        assert written.read_text("utf-8") == expected.read_text("utf-8")
