"""Damaged files: a verdict that adds up, or one clear refusal; never anything else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.pipeline.conftest import ON
from tests.pipeline.reading.conftest import text_of
from xinheng.pipeline import context, run
from xinheng.pipeline.failures import UnreadableFileError
from xinheng.rulebook import catalog, samples

PERMIT = catalog.dataset("permit")
TEXT = text_of(samples.sample_rows(PERMIT, rows=5))
PERSON = "11010519491231002X"

scraps = st.sampled_from(
    ['"', "\n", ",", "\r\n", "\t", '""', '"\n', ",,,,", "\u3000", "无", f"，{PERSON}，"]
)
places = st.integers(0, len(TEXT))
damages = st.lists(st.tuples(places, scraps, st.integers(0, 3)), max_size=8)


def damaged(damage):
    text = TEXT
    for place, scrap, lost in damage:
        text = text[:place] + scrap + text[place + lost :]
    return text


class TestDamagedText:
    @given(damages, st.sampled_from([1, 2, 100]), st.sampled_from(["utf-8", "gb18030"]))
    @settings(
        max_examples=40,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    def test_gets_a_verdict_that_adds_up_or_a_refusal(self, damage, rows, encoding):
        text = damaged(damage)
        surroundings = replace(context.standard(ON), batch_rows=rows)

        with TemporaryDirectory() as place:
            out = Path(place) / "out"
            source = Path(place) / "permits.csv"
            source.write_bytes(text.encode(encoding))
            told = ""
            try:
                report = run.check(
                    source, dataset=PERMIT, context=surroundings, out=out
                )
            except UnreadableFileError as refused:
                told = str(refused)
            else:
                self.add_up(report)
            written = b"".join(path.read_bytes() for path in out.glob("*"))

        assert PERSON.encode() not in written + told.encode()

    @staticmethod
    def add_up(report):
        found = pl.read_parquet(report.findings_path)
        wrong = found.filter(severity="error")["row"].unique()
        accepted = pl.read_parquet(report.accepted_path)["row"]
        held = pl.read_parquet(report.held_path)["row"]
        assert (accepted.len(), wrong.len()) == (report.accepted, report.rejected)
        assert accepted.len() + wrong.len() + held.len() == report.rows_read
        assert found.height == sum(report.findings.values())
        assert not {*accepted} & {*wrong}
