"""The workbook in which a unit mends its rejected rows."""

from __future__ import annotations

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.intake import archive, queries
from xinheng.apps.intake.models import Submission
from xinheng.apps.intake.sheets import parts_of
from xinheng.pipeline import rejects_workbook
from xinheng.pipeline.rejects_workbook import Language
from xinheng.rulebook import catalog as rulebook


class NoRejectsError(LookupError):
    """No row of the submission was rejected that could be mended in a workbook."""


def rejects_xlsx(*, actor: Actor, submission: str, language: Language) -> bytes:
    """Return the rejected rows as a workbook with its comments in one language.

    Raises:
        UnknownSubmissionError: none of that id that the actor may see.
        NoRejectsError: it has no such rows.
    """
    seen = queries.get_submission(actor=actor, submission=submission)
    row = Submission.objects.get(id=seen.id)
    if not row.rejects_digest:
        raise NoRejectsError(submission)
    return rejects_workbook.as_xlsx(
        rejects_workbook.Source(
            rows=archive.path("rejects", row.rejects_digest),
            findings=archive.path("findings", row.findings_digest),
            headers=row.matched_columns,
            parts=parts_of(row.parts),
            rejected=row.rejected or 0,
        ),
        dataset=rulebook.dataset(row.dataset, row.edition),
        rules=rulebook.rules(),
        code_lists=rulebook.code_lists(),
        language=language,
    )
