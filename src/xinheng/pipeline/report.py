"""What a check of one file found, and where its rows were put."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from xinheng.pipeline.parts import Part, Skipped


@dataclass(frozen=True, slots=True)
class Report:
    """The verdict on a file.

    `accepted + rejected + questionable + unlinked = rows_read`; `unlinked` is null
    where there was no register to link with. `findings` counts by rule code.
    `chosen_columns` are the columns that a person assigned (header as written to field
    name, empty where the column was left out) and `matched_columns` all; `parts`
    say in which file, sheet and line a row stands (`parts.locate`), `skipped` which
    sheets were not read as data; `notes` counts rows of the table that were remarks
    and no records, which are not among `rows_read`. The paths are Parquet files in the
    directory that the caller named:

    `accepted_path`, `held_path`
        `row` (UInt32, data rows from 1), `organization` (String, the register's key of
        the organization, null where the dataset names none or there is no register),
        `natural_key` (String), then one column for each stored field under its English
        name: Date for dates, Decimal for decimals, Int64 for integers, String for the
        rest, null where the cell was blank. In `held` also `outcome` (`questionable` or
        `unlinked`), after `natural_key`. Ordered by row.
    `findings_path`
        `row` (UInt32), `field` (String, the English name; empty for the whole row),
        `rule`, `severity` (String), ordered by row, then by field position;
        last what is wrong with a cell itself (`flawed`).
    `unknown_path`
        the columns of `unknown_codes.SCHEMA`: the codes that the register does not
        hold. Null where there is none, or no register.
    `rejected_path`
        `row` (UInt32) and `natural_key` (String) of the rejected rows whose key could
        be read and in which nothing was found about a person. Ordered by row.
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
    rejected_path: Path
    unknown_path: Path | None = None
    chosen_columns: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    notes: int = 0
