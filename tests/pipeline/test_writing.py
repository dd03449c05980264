"""Parquet files written batch by batch, held in memory or streamed."""

from __future__ import annotations

import polars as pl
import pytest

from xinheng.pipeline import writing
from xinheng.pipeline.writing import ParquetWriter

SCHEMA = {"row": pl.UInt32(), "name": pl.String()}


def frame(start, count):
    rows = range(start, start + count)
    return pl.DataFrame(
        {"row": rows, "name": [str(row) for row in rows]}, schema=SCHEMA
    )


@pytest.fixture(params=[1, 10_000], ids=["streamed", "held"])
def writer(request, tmp_path):
    return ParquetWriter(tmp_path / "rows.parquet", SCHEMA, batch_rows=request.param)


class TestParquetWriter:
    def test_keeps_all_rows_in_order(self, writer):
        for start in range(0, 500, 50):
            writer.write(frame(start, 50))
        writer.finish()

        assert pl.read_parquet(writer.path).equals(frame(0, 500))

    def test_can_leave_rows_out_at_the_end(self, writer):
        for start in range(0, 500, 50):
            writer.write(frame(start, 50))
        writer.finish(writer.scan().filter(pl.col("row") % 2 == 0))

        assert pl.read_parquet(writer.path)["row"].to_list() == list(range(0, 500, 2))
        assert [path.name for path in writer.path.parent.iterdir()] == ["rows.parquet"]

    def test_keeps_few_rows_of_many(self, writer):
        for start in range(0, 500, 50):
            writer.write(frame(start, 50), pl.col("row") % 50 == 7)
        writer.finish()

        assert pl.read_parquet(writer.path)["row"].to_list() == list(range(7, 500, 50))

    def test_writes_a_file_without_rows(self, writer):
        writer.finish()

        assert pl.read_parquet(writer.path).schema == SCHEMA

    def test_can_be_abandoned_at_any_time(self, writer):
        writer.write(frame(0, 400))
        writer.abandon()
        writer.abandon()

    def test_tells_where_it_can_not_write(self, tmp_path, monkeypatch):
        monkeypatch.setattr(writing, "HELD_BATCHES", 1)
        writer = ParquetWriter(tmp_path / "no" / "rows.parquet", SCHEMA, batch_rows=1)

        def write_on():
            for start in range(100):
                writer.write(frame(start, 10))
            writer.finish()

        with pytest.raises((OSError, pl.exceptions.PolarsError)):
            write_on()
