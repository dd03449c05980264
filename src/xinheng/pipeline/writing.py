"""Parquet files written batch by batch.

Frames are kept until they are more than HELD_BATCHES batches; most files never are, and
are written once, when everything is known. From then on frames stream into the file
through a thread of their own, so that the memory has a bound however long the file is.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from queue import Queue
from threading import Thread

import polars as pl
from polars.io.plugins import register_io_source

HELD_BATCHES = 16
_WAITING_FRAMES = 2
_GROUP_ROWS = 65_536
_FEW = 8  # one row in so many
_WANTED = "is_wanted"

Schema = dict[str, pl.DataType]


class ParquetWriter:
    """Takes frames of one schema, in order, and puts them into a file.

    First `write`, as often as there are frames; then `scan` what was taken; then
    `finish`, or `abandon` at any time.
    """

    def __init__(self, path: Path, schema: Schema, *, batch_rows: int) -> None:
        self.path = path
        self._schema = schema
        self._most_rows = batch_rows * HELD_BATCHES
        self._rows = 0
        self._held = [pl.DataFrame(schema={**schema, _WANTED: pl.Boolean()})]
        self._stream: _Stream | None = None

    def write(self, frame: pl.DataFrame, wanted: pl.Expr | None = None) -> None:
        """Take the next rows, of which only the `wanted` ones (null: all) belong here.

        What is held is filtered as late as can be: to copy the rows costs more than to
        look at them.
        """
        is_wanted = pl.lit(value=True) if wanted is None else wanted
        marked = frame.select(*self._schema, is_wanted.alias(_WANTED))
        if not marked[_WANTED].any():
            return
        self._rows += frame.height
        if self._stream is not None:
            self._stream.put(_copied(marked))
        else:
            self._held.append(marked)
            if self._rows > self._most_rows:
                self._start()

    def scan(self) -> pl.LazyFrame:
        """Return all rows; no more can be written."""
        if self._stream is None:
            return _wanted(pl.concat(self._held).lazy())
        self._stream.close()
        return pl.scan_parquet(self.path)

    def finish(self, content: pl.LazyFrame | None = None) -> None:
        """Complete the file: `content`, made of `scan`, null for what was taken."""
        if self._stream is None:
            sink(self.scan() if content is None else content, self.path)
        elif content is None:
            self._stream.close()
        else:
            # What is read can't be written over.
            rewritten = self.path.with_suffix(".rewritten")
            sink(content, rewritten)
            rewritten.replace(self.path)
        self._held = []

    def abandon(self) -> None:
        """Stop writing, where that goes on; the file is of no use."""
        self._held = []
        if self._stream is not None:
            self._stream.close()

    def _start(self) -> None:
        self._stream = _Stream(self.path, self._schema)
        for marked in self._held:
            self._stream.put(_copied(marked))
        self._held = []


def _copied(marked: pl.DataFrame) -> pl.DataFrame:
    """Return the wanted rows; where they are few, with a memory of their own.

    A column of text that was filtered refers to all texts of its batch, and few rows
    wait long until they fill a group of the file: they would hold millions of others.
    """
    wanted = _wanted(marked.lazy()).collect()
    if wanted.height * _FEW > marked.height:
        return wanted
    buffer = BytesIO()
    # The older layout of texts is the one that is copied.
    wanted.write_ipc(buffer, compat_level=pl.CompatLevel.oldest())
    return pl.read_ipc(buffer.getvalue())


def _wanted(marked: pl.LazyFrame) -> pl.LazyFrame:
    return marked.filter(_WANTED).drop(_WANTED)


def sink(content: pl.LazyFrame, path: Path) -> None:
    """Write rows to a file without holding them all."""
    # Nothing is looked up in these files, so nothing is gathered for it; groups that
    # fit the processor's cache are encoded faster than larger ones.
    content.sink_parquet(
        path, compression="lz4", statistics=False, row_group_size=_GROUP_ROWS
    )


def stream(frames: Iterator[pl.DataFrame], schema: Schema, path: Path) -> None:
    """Write frames to a file as they come."""

    def source(
        columns: list[str] | None,
        predicate: pl.Expr | None,
        limit: int | None,
        batch_size: int | None,
    ) -> Iterator[pl.DataFrame]:
        del columns, predicate, limit, batch_size  # a sink asks for everything
        return frames

    sink(register_io_source(source, schema=schema), path)


class _Stream:
    """A thread that writes what it is given."""

    def __init__(self, path: Path, schema: Schema) -> None:
        self._queue: Queue[pl.DataFrame | None] = Queue(_WAITING_FRAMES)
        self._is_done = False
        self._failed: BaseException | None = None
        self._thread = Thread(target=self._run, args=(path, schema), daemon=True)
        self._thread.start()

    def put(self, frame: pl.DataFrame) -> None:
        """Take a frame; wait while too many are waiting."""
        self._raise()
        self._queue.put(frame)

    def close(self) -> None:
        """Wait until everything is written; the second time, do nothing."""
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()
        self._raise()

    def _run(self, path: Path, schema: Schema) -> None:
        try:
            stream(self._frames(), schema, path)
        except (OSError, pl.exceptions.PolarsError) as failed:
            self._failed = failed
            while not self._is_done:  # so that the other side is never left waiting
                self._is_done = self._queue.get() is None

    def _frames(self) -> Iterator[pl.DataFrame]:
        while (frame := self._queue.get()) is not None:
            yield frame
        self._is_done = True

    def _raise(self) -> None:
        if self._failed is not None:
            raise self._failed
