"""What a check knows besides the file: day, calendar, rules, register."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Protocol

import polars as pl

from xinheng.core.calendars.working_days import WorkCalendar
from xinheng.core.catalog.datasets import CodeList
from xinheng.core.submissions.findings import Rule, Severity

# The engine shares a column's work out badly, so two batches are checked at a time.
THREADS = 2
BATCH_ROWS = 65_536


class Register(Protocol):
    """The organizations that are known."""

    def lookup(self, codes: pl.Series) -> pl.DataFrame:
        """Return what the register holds for these codes, which are in capitals.

        Columns: `code` (String), `organization` (String, the register's key), `name`
        (String; one row for each name that the organization bears or bore) and
        `nonconforming` (Boolean: the code fails a check character and was confirmed as
        issued so). Codes that are not known have no row. A register that keeps former
        codes adds `is_former` (Boolean: the organization bears another code today).
        """
        ...


@dataclass(frozen=True)
class Context:
    """The surroundings of one check.

    `on` is the day of intake. Without a `register` no row is linked and none is
    unlinked. `batch_rows` bounds the memory: so many rows are held as columns at a
    time. `threads` batches are checked at a time; with 1 the register is only asked by
    the caller's thread, as one in a database must be.
    """

    on: date
    calendar: WorkCalendar
    divisions: frozenset[str]
    code_lists: Mapping[str, CodeList]
    rules: Mapping[str, Rule]
    register: Register | None = None
    batch_rows: int = BATCH_ROWS
    threads: int = 1

    @cached_property
    def division_list(self) -> pl.Series:
        """The divisions as a column of one list, ready to be looked up."""
        return pl.Series(sorted(self.divisions), dtype=pl.String).implode()

    def severity(self, rule: str) -> Severity:
        """Return what a finding of the rule does to its row."""
        return self.rules[rule].severity


def standard(on: date, *, register: Register | None = None) -> Context:
    """Return the context that the rulebook in force gives.

    `register` may be asked by several threads at a time.
    """
    from xinheng.rulebook import calendars, catalog, divisions

    return Context(
        on=on,
        calendar=calendars.load(),
        divisions=divisions.load(),
        code_lists=catalog.code_lists(),
        rules=catalog.rules(),
        register=register,
        threads=THREADS,
    )
