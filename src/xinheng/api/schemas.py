"""The shapes of the answers; keys may be added, never renamed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field, StringConstraints

# What names something: never longer, and without the sign that no database holds.
Word = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]

# What may be meant as a code: whether it is one, the answer says.
Code = Annotated[str, StringConstraints(max_length=64)]

# What is typed into a search.
SearchText = Annotated[
    str, StringConstraints(min_length=2, max_length=300, pattern=r"^[^\x00]*$")
]


# A place in the change feed; empty is the beginning.
CursorText = Annotated[str, StringConstraints(max_length=40)]


class CountsOut(Schema):
    """The six counts, which add up to `rows_read`; `accepted` is the first three."""

    rows_read: int
    accepted: int
    new: int
    changed: int
    unchanged: int
    rejected: int
    questionable: int
    unlinked: int


class SubmissionOut(Schema):
    """A submission; `counts` and `ledger_seq` are null until it is completed."""

    id: str
    unit_code: str
    unit_name: str
    dataset: str
    edition: str
    period: str | None
    file_digest: str
    file_bytes: int
    state: str
    received_at: datetime
    finished_at: datetime | None
    rows_done: int
    counts: CountsOut | None
    findings: dict[str, int]
    ignored_columns: list[str]
    ledger_seq: int | None
    error_code: str
    error_zh: str
    error_en: str


class FindingOut(Schema):
    """What is wrong with a row and what to do about it; never the value."""

    row: int
    field: str
    field_title: str
    rule: str
    severity: str
    message: str
    advice: str
    file: str
    sheet: str
    line: int | None


class FindingsOut(Schema):
    """One page of findings."""

    items: list[FindingOut]
    page: int
    pages: int
    total: int


class NilReturnIn(Schema):
    """A unit's statement that it has nothing to report for a month."""

    unit: Word
    dataset: Word
    period: Word


class NilReturnOut(Schema):
    """A nil return as it stands in the register."""

    unit_code: str
    unit_name: str
    dataset: str
    period: str
    filed_at: datetime
    ledger_seq: int


class FormerNameOut(Schema):
    """A name that an organization bore, until when if the register knows it."""

    name: str
    until: date | None


class FieldOut(Schema):
    """A field of a record as the public may see it."""

    title: str
    title_en: str
    text: str


class RecordOut(Schema):
    """A record as the public may see it."""

    dataset: str
    dataset_title: str
    source_unit: str
    decided_on: date | None
    recorded_at: datetime
    fields: list[FieldOut]


class OrganizationOut(Schema):
    """An organization and what is public about it, as the ledger of that size knew."""

    uscc: str
    name: str | None
    kind: str
    status: str
    division: str
    registered_on: date | None
    former_names: list[FormerNameOut]
    records: list[RecordOut]
    ledger_size: int


class OrganizationHitOut(Schema):
    """A hit of the search; `name` is null where only the code may be shown.

    `former_name` or `former_code` is what it was found by, where that is borne no more.
    """

    uscc: str
    name: str | None
    kind: str
    status: str
    division: str
    former_name: str | None
    former_code: str | None


class OrganizationsOut(Schema):
    """One page of hits; where `total_is_capped`, there are more than `total`."""

    items: list[OrganizationHitOut]
    page: int
    pages: int
    total: int
    total_is_capped: bool


class UnitRowOut(Schema):
    """A unit's row of the monthly table, its cells in the order of the columns."""

    unit: str
    cells: list[int]
    total: int


class TableOut(Schema):
    """The monthly table at a ledger size; `totals` ends with the grand total."""

    period: str
    ledger_size: int
    columns: list[str]
    units: list[UnitRowOut]
    totals: list[int]


class DatasetOut(Schema):
    """An item of the catalog."""

    name: str
    edition: str
    title: str
    title_en: str
    legal_basis: list[str]
    verification: str
    disclosure: str
    frequency: str


class ChangeOut(Schema):
    """A change: `upsert` shows a version of a record, `remove` takes it away.

    `id` names the version, `replaces` the one that goes with an upsert, null where
    there was none. `record` is null in a removal.
    """

    cursor: str
    op: Literal["upsert", "remove"]
    id: str
    replaces: str | None
    record: RecordOut | None


class ChangesOut(Schema):
    """A stretch of the feed; `next` is where to go on."""

    items: list[ChangeOut]
    next: str
    is_end: bool
    is_empty: bool
    ledger_size: int


class BasisOut(Schema):
    """A text that provides for a list or a measure; `article` null where not known."""

    title: str
    article: str | None
    level: str


class MeasureBasisOut(BasisOut):
    """The same with how well the text is known."""

    verification: str


class StandingFactsOut(Schema):
    """What the register knows of the organization itself."""

    registered: bool
    status: str | None
    current_code: str | None
    sole_proprietor: bool


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


Receipt = dict[str, Any]
