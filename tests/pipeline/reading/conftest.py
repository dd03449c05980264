"""Files of bytes, of text and of workbooks, and the refusals that they earn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import openpyxl
import pytest

from xinheng.pipeline.failures import UnreadableFileError
from xinheng.pipeline.reading import confined, decoding
from xinheng.pipeline.reading.confined import Limits
from xinheng.pipeline.reading.decoding import Job

Rows = Sequence[Mapping[str, Any]]


@pytest.fixture
def refusal(check: Callable[..., Any], tmp_path: Path) -> Callable[..., str]:
    """Check a file that must be refused and return the code; nothing may be left."""

    def refused(path: Path) -> str:
        with pytest.raises(UnreadableFileError) as raised:
            check(path)
        assert list((tmp_path / "out").iterdir()) == []
        assert raised.value.message_zh
        assert raised.value.message_en
        assert "\n" not in raised.value.message_zh + raised.value.message_en
        return raised.value.code

    return refused


def text_of(rows: Rows) -> str:
    """Return the rows as plain CSV without any quote."""
    titles = list(rows[0])
    lines = [titles, *([row[title] for title in titles] for row in rows)]
    return "".join(",".join(line) + "\n" for line in lines)


def workbook(
    rows: Rows, *, sheet: str = "许可", above: Sequence[list[str]] = ()
) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.active.title = sheet
    for line in [*above, list(rows[0]), *(list(row.values()) for row in rows)]:
        book.active.append(line)
    return book


def save(book: openpyxl.Workbook, directory: Path) -> Path:
    path = directory / "permits.xlsx"
    book.save(path)
    return path


@pytest.fixture
def unconfined(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process decode, so that a test can change the decoder's bounds."""

    def run(path: Path, job: Job, result: IO[bytes], limits: Limits) -> None:
        decoding.decode(path, result, job)

    monkeypatch.setattr(confined, "_run", run)
