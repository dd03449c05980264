"""The shapes of look-ups and of measures' tasks; keys may be added, never renamed."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field, StringConstraints

from xinheng.api.schemas import FieldOut, TimeText, Word

# What somebody says, as far as it is kept.
Text = Annotated[str, StringConstraints(max_length=1_000, pattern=r"^[^\x00]*$")]

# What may be meant as a code: whether it is one, the answer says.
Code = Annotated[str, StringConstraints(max_length=64)]


class BasisOut(Schema):
    """A text that provides for a list or a measure; `article` null where not known."""

    title: str
    article: str | None
    level: str


class MeasureBasisOut(BasisOut):
    """The same with how well the text is known."""

    verification: str


class FactOut(Schema):
    """A record in force; `until` is the first day without it, null where none is set.

    `basis` are the texts on which records of its kind are collected.
    """

    dataset: str
    title: str
    title_en: str
    source_unit: str
    basis: list[BasisOut]
    decided_on: date | None
    until: date | None
    disputed: bool
    fields: list[FieldOut]


class StandingFactsOut(Schema):
    """What the register knows of the organization itself.

    `records` is null where `facts` was not asked for; `records_cut` says that there are
    more than are told.
    """

    registered: bool
    status: str | None
    current_code: str | None
    sole_proprietor: bool
    records: list[FactOut] | None
    records_cut: bool


class CauseOut(Schema):
    """The act that a list entry is, by its kind and id."""

    kind: str
    id: str


class ListInForceOut(Schema):
    """A list that the organization is on, on `[effective_on, expires_on)`."""

    scheme: str
    title: str | None
    title_en: str | None
    kind: str | None
    basis: list[BasisOut]
    cause: CauseOut
    effective_on: date
    expires_on: date


class AboutMeasureOut(Schema):
    """A measure: what must be done (mandatory) or may be considered, and why."""

    title: str
    title_en: str
    mode: str
    polarity: str
    verification: str
    basis: list[MeasureBasisOut]


class MeasureInForceOut(AboutMeasureOut):
    """A measure of the matter, in force on `[effective_on, expires_on)`."""

    code: str
    memorandum: str
    scheme: str
    effective_on: date
    expires_on: date


class StandingOut(Schema):
    """What holds; `state` is listed, nothing_found, unknown or invalid.

    `invalid` comes with `reason` and `suggestions` alone: nothing was looked up.
    """

    uscc: str | None
    state: str
    reason: str | None = None
    suggestions: list[str] | None = None
    matter: str | None = None
    on: date | None = None
    ledger_size: int | None = None
    facts: StandingFactsOut | None = None
    lists: list[ListInForceOut] | None = None
    measures: list[MeasureInForceOut] | None = None


class StandingBatchIn(Schema):
    """Up to 10,000 codes and the matter that they are looked up in."""

    matter: Word
    codes: Annotated[list[Code], Field(min_length=1, max_length=10_000)]
    on: date | None = None
    known_at: TimeText | None = None
    purpose: Word | None = None


class RowMeasureOut(Schema):
    """A measure of a row; `measures` of the answer explains the code."""

    code: str
    expires_on: date


class StandingRowOut(Schema):
    """The row of one code; `lists` are schemes."""

    uscc: str | None
    state: str
    reason: str | None = None
    suggestions: list[str] | None = None
    lists: list[str] | None = None
    measures: list[RowMeasureOut] | None = None


class StandingBatchOut(Schema):
    """Rows in the order of the codes."""

    matter: str
    on: date
    ledger_size: int
    measures: dict[str, AboutMeasureOut]
    results: list[StandingRowOut]


class TaskOut(Schema):
    """A task; `undo_by` stands once it is recalled, `outcome` once it is reported."""

    task: int
    unit: str
    state: str
    measure: str
    title: str
    title_en: str
    mode: str
    basis: list[BasisOut]
    cause: CauseOut
    scheme: str
    uscc: str
    effective_on: date
    expires_on: date
    ended_on: date | None
    acknowledge_by: date
    report_by: date
    undo_by: date | None
    outcome: str | None


class TasksOut(Schema):
    """One page of tasks."""

    items: list[TaskOut]
    page: int
    pages: int
    total: int


class TaskReportIn(Schema):
    """What became of a task: `evidence` where executed, else `reason`."""

    outcome: Literal["EXECUTED", "NOT_APPLICABLE", "DECLINED"]
    reason: Text = ""
    evidence: Text = ""


class TaskUndoneIn(Schema):
    """A reference to what was undone."""

    evidence: Text
