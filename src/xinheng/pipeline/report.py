"""What a check of one file found, and where its rows were put."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Report:
    """The verdict on a file.

    `accepted + rejected + questionable + unlinked = rows_read`; `unlinked` is null
    where there was no register to link with. `findings` counts by rule code. The paths
    are Parquet files in the directory that the caller named:

    `accepted_path`, `held_path`
        `row` (UInt32, data rows from 1), `organization` (String, the register's key of
        the organization, null where the dataset names none or there is no register),
        `natural_key` (String), then one column for each stored field under its English
        name: Date for dates, Decimal for decimals, Int64 for integers, String for the
        rest, null where the cell was blank. In `held` also `outcome` (`questionable` or
        `unlinked`), after `natural_key`. Ordered by row.
    `findings_path`
        `row` (UInt32), `field` (String, the English name; empty for the whole row),
        `rule`, `severity` (String), ordered by row, then by field position.
    """

    dataset: str
    edition: str
    rows_read: int
    accepted: int
    rejected: int
    questionable: int
    unlinked: int | None
    findings: Mapping[str, int]
    matched_columns: Mapping[str, str]  # header as written -> field name
    ignored_columns: tuple[str, ...]
    personal_data: bool  # a number of a natural person was seen: bytes must not be kept
    accepted_path: Path
    held_path: Path
    findings_path: Path
