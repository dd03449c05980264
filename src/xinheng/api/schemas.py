"""The shapes of the answers; keys may be added, never renamed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import StringConstraints

from xinheng.apps.intake.views import SubmissionView
from xinheng.pipeline import parts

# What names something: never longer, and without the sign that no database holds.
Word = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]

# What is typed into a search.
SearchText = Annotated[
    str, StringConstraints(min_length=2, max_length=300, pattern=r"^[^\x00]*$")
]


# A day, or where it says so a ledger size.
TimeText = Annotated[str, StringConstraints(max_length=20, pattern=r"^[0-9-]*$")]


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


class SkippedOut(Schema):
    """A sheet that was searched for persons but not read as data, and why."""

    file: str
    sheet: str
    why: str
    message_zh: str
    message_en: str


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
    skipped: list[SkippedOut]
    notes: int
    ledger_seq: int | None
    error_code: str
    error_zh: str
    error_en: str

    @staticmethod
    def resolve_skipped(view: SubmissionView) -> list[dict[str, str]]:
        """Return the sheets that were not read, in words."""
        return [parts.told(each) for each in view.skipped]


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
    """A record as the public may see it; `public_until` is the first day without it.

    `due_on` is the last day for making it public, null where none is counted in working
    days; `working_days_late` counts those after it.
    """

    key: str
    dataset: str
    dataset_title: str
    source_unit: str
    decided_on: date | None
    recorded_at: datetime
    due_on: date | None
    working_days_late: int | None
    public_until: date | None
    is_disputed: bool
    fields: list[FieldOut]


class RecordThenOut(RecordOut):
    """The same as it was known; `corrected_at` is when another version followed."""

    corrected_at: datetime | None = None


class ErasedOut(Schema):
    """Content that is gone: how many records, since when, on what basis if known."""

    dataset: str
    count: int
    erased_on: date
    basis: str | None


class OrganizationOut(Schema):
    """An organization and what is public about it, as the ledger of that size knew.

    `on` is the day that it is about.
    """

    uscc: str
    name: str | None
    kind: str
    status: str
    division: str
    registered_on: date | None
    former_names: list[FormerNameOut]
    records: list[RecordThenOut]
    erased: list[ErasedOut]
    on: date
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


Receipt = dict[str, Any]
