"""What the interfaces are shown of a submission: plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from xinheng.apps.intake.models import NilReturn, Submission
from xinheng.apps.intake.sheets import skipped_of
from xinheng.core.submissions.outcomes import Counts
from xinheng.pipeline.parts import Skipped


@dataclass(frozen=True, slots=True)
class SubmissionView:
    """A submission; `counts` and `ledger_seq` are null until it is completed.

    `period` null means that each record counts in the month of its own date. The
    error fields are empty unless the state is REFUSED or FAILED. `confirm_by` is set
    while a person has to confirm the columns; `skipped` are the sheets that were not
    read, `notes` counts remarks that are no rows; `has_rejects` and `has_questions`
    tell that there is a workbook of rejected, of questionable rows to mend.
    """

    id: str
    unit_code: str
    unit_name: str
    unit_name_en: str
    dataset: str
    edition: str
    period: str | None
    file_name: str
    file_digest: str
    file_bytes: int
    state: str
    origin: str
    received_at: datetime
    finished_at: datetime | None
    rows_done: int
    counts: Counts | None
    findings: Mapping[str, int]
    matched_columns: Mapping[str, str]
    ignored_columns: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    notes: int
    personal_data: bool
    ledger_seq: int | None
    confirm_by: datetime | None
    chosen_columns: Mapping[str, str]
    has_rejects: bool
    has_questions: bool
    error_code: str
    error_zh: str
    error_en: str

    @property
    def verdict(self) -> Counts:
        """The six counts of a completed submission.

        Raises:
            LookupError: it is not completed.
        """
        if self.counts is None:
            raise LookupError(self.id)
        return self.counts

    @property
    def is_finished(self) -> bool:
        """Whether the verdict stands."""
        return self.state not in {
            Submission.State.RECEIVED,
            Submission.State.PROCESSING,
        }


@dataclass(frozen=True, slots=True)
class NilReturnView:
    """A nil return as it stands in the register."""

    unit_code: str
    unit_name: str
    dataset: str
    period: str
    filed_at: datetime
    ledger_seq: int


def submission_view(row: Submission) -> SubmissionView:
    """Return the plain value of a row; `row.unit` must be loaded."""
    return SubmissionView(
        id=str(row.id),
        unit_code=row.unit_id,
        unit_name=row.unit.name,
        unit_name_en=row.unit.name_en,
        dataset=row.dataset,
        edition=row.edition,
        period=row.period,
        file_name=row.file_name,
        file_digest=row.file_digest,
        file_bytes=row.file_bytes,
        state=row.state,
        origin=row.origin,
        received_at=row.received_at,
        finished_at=row.finished_at,
        rows_done=row.rows_done,
        counts=_counts(row),
        findings=row.findings,
        matched_columns=row.matched_columns,
        ignored_columns=tuple(row.ignored_columns),
        skipped=skipped_of(row.skipped),
        notes=row.notes,
        personal_data=row.personal_data,
        ledger_seq=row.ledger_seq,
        confirm_by=row.confirm_by,
        chosen_columns=row.chosen_columns,
        has_rejects=bool(row.rejects_digest and row.rejected),
        has_questions=bool(row.rejects_digest and row.questionable),
        error_code=row.error_code,
        error_zh=row.error_zh,
        error_en=row.error_en,
    )


def _counts(row: Submission) -> Counts | None:
    if row.rows_read is None:
        return None
    return Counts(
        rows_read=row.rows_read,
        new=row.new or 0,
        changed=row.changed or 0,
        unchanged=row.unchanged or 0,
        rejected=row.rejected or 0,
        questionable=row.questionable or 0,
        unlinked=row.unlinked or 0,
    )


def nil_return_view(row: NilReturn) -> NilReturnView:
    """Return the plain value of a row; `row.unit` must be loaded."""
    return NilReturnView(
        unit_code=row.unit_id,
        unit_name=row.unit.name,
        dataset=row.dataset,
        period=row.period,
        filed_at=row.filed_at,
        ledger_seq=row.ledger_seq,
    )
