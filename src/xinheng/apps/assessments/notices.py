"""Commendation and criticism as documents, set once a round is closed."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.assessments import operations, queries
from xinheng.apps.assessments.models import Notice, Round
from xinheng.apps.assessments.operations import RoundRefusedError
from xinheng.apps.assessments.queries import UnknownRoundError
from xinheng.apps.assessments.views import Standing
from xinheng.apps.cases.operations import By
from xinheng.apps.listings import documents
from xinheng.core.assessments.rounds import Refusal, State
from xinheng.core.assessments.scoring import Verdict
from xinheng.rulebook import assessment_notices as texts
from xinheng.rulebook import assessments as rulebook
from xinheng.rulebook.listing_documents import Document


@transaction.atomic
def issue(*, number: int, unit: str, by: By) -> str:
    """Set the notice that follows from a unit's result, keep it, return its digest.

    A second call returns the same document.

    Raises:
        FontMissingError: no font to set it with.
        NotAllowedError: not of the credit office.
        RoundRefusedError: STATE (not closed), VERDICT (neither follows).
        UnknownRoundError: there is no such round, or the unit is not in it.
    """
    if not by.actor.may_decide:
        raise NotAllowedError("issue a notice")
    row = operations.lock(number)
    if row.state != State.CLOSED:
        raise RoundRefusedError(Refusal.STATE)
    there = Notice.objects.filter(round=row, unit=unit).first()
    if there is not None:
        return there.sha256
    stands, ranked = _standing(row, unit, by)
    if stands.verdict is Verdict.NEITHER:
        raise RoundRefusedError(Refusal.VERDICT)
    digest = documents.keep(documents.render(_compose(row, stands, ranked, by)))
    Notice.objects.create(
        round=row,
        unit_id=unit,
        verdict=stands.verdict,
        sha256=digest,
        issued_by=by.actor.account_id,
        issued_at=by.at,
    )
    body = {"unit": unit, "verdict": stands.verdict.value, "sha256": digest}
    operations.append("assessment.notice", row, by, body)
    return digest


def _compose(row: Round, stands: Standing, ranked: int, by: By) -> Document:
    result = texts.Result(
        unit=stands.unit_name,
        first_month=row.first_month,
        last_month=row.last_month,
        verdict=stands.verdict,
        total=stands.total,
        rank=stands.rank or ranked,
        ranked=ranked,
    )
    return texts.compose(rulebook.from_text(row.scheme.content), result, on=by.on)


def _standing(row: Round, unit: str, by: By) -> tuple[Standing, int]:
    every = queries.ranking(actor=by.actor, number=row.id, on=timezone.localdate(by.at))
    found = next((each for each in every if each.unit_code == unit), None)
    if found is None:
        raise UnknownRoundError(row.id)
    return found, sum(each.rank is not None for each in every)


def read(*, actor: Actor, number: int, unit: str) -> bytes | None:
    """Return a unit's notice as PDF, null where the actor may see none."""
    digest = queries.find_notice(actor=actor, number=number, unit=unit)
    return None if digest is None else documents.fetch(digest)


def list_archived() -> tuple[str, ...]:
    """Return the notices' paths below the archive, sorted: for backups."""
    digests = Notice.objects.values_list("sha256", flat=True).distinct()
    return tuple(sorted(documents.archived_path(each) for each in digests))
