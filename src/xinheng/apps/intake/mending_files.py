"""The workbooks in which a unit mends its rejected and its questionable rows."""

from __future__ import annotations

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.intake import archive, queries
from xinheng.apps.intake.models import Submission
from xinheng.apps.intake.sheets import parts_of
from xinheng.pipeline import rejects_workbook
from xinheng.pipeline.rejects_workbook import Kind, Language
from xinheng.rulebook import catalog as rulebook


class NoRejectsError(LookupError):
    """No row of the submission is of the kind, or none that a workbook may hold."""


def rejects_xlsx(
    *,
    actor: Actor,
    submission: str,
    language: Language,
    kind: Kind = Kind.REJECTED,
) -> bytes:
    """Return the rows of a kind as a workbook with its comments in one language.

    Raises:
        UnknownSubmissionError: none of that id that the actor may see.
        NoRejectsError: it has no such rows.
    """
    seen = queries.get_submission(actor=actor, submission=submission)
    row = Submission.objects.get(id=seen.id)
    count = row.rejected if kind is Kind.REJECTED else row.questionable
    if not row.rejects_digest or not count:
        raise NoRejectsError(submission)
    return rejects_workbook.as_xlsx(
        rejects_workbook.Source(
            rows=archive.path("rejects", row.rejects_digest),
            findings=archive.path("findings", row.findings_digest),
            headers=row.matched_columns,
            parts=parts_of(row.parts),
            count=count,
            kind=kind,
        ),
        dataset=rulebook.dataset(row.dataset, row.edition),
        rules=rulebook.rules(),
        code_lists=rulebook.code_lists(),
        language=language,
    )
