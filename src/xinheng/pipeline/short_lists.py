"""A short list from a file: some hundred rows of a CSV, each taken or refused alone."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping
from dataclasses import dataclass

MOST_BYTES = 4 * 1024 * 1024


class UnreadableListError(ValueError):
    """The file is no UTF-8 CSV with the columns asked for, or it is too large."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A row, counted from 1 below the header, that was not taken, and why: a code."""

    row: int
    code: str


def read(content: bytes, columns: Collection[str]) -> list[Mapping[str, str]]:
    """Return the rows of a CSV, with these columns of it, trimmed.

    Raises:
        UnreadableListError: it is no UTF-8 CSV with these columns, or too large.
    """
    if len(content) > MOST_BYTES:
        raise UnreadableListError("too large")
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        rows = list(reader)
    except (UnicodeDecodeError, csv.Error) as wrong:
        raise UnreadableListError(type(wrong).__name__) from wrong
    if not set(columns) <= set(reader.fieldnames or ()):
        raise UnreadableListError("columns")
    return [{name: (row[name] or "").strip() for name in columns} for row in rows]
