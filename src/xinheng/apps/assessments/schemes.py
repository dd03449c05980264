"""Schemes of assessment are proposed, tried on past months, and adopted."""

from __future__ import annotations

from hashlib import sha256

from django.db import transaction

from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.assessments.models import SchemeVersion
from xinheng.apps.cases.operations import By
from xinheng.apps.ledger import operations as ledger
from xinheng.core.assessments.schemes import Scheme, faults
from xinheng.rulebook import assessments as rulebook
from xinheng.rulebook.assessments import FaultySchemeError


class UnknownSchemeError(LookupError):
    """There is no scheme of this number."""


class SchemeTakenError(ValueError):
    """Another scheme bears the name and edition."""


class SecondPersonError(ValueError):
    """Who proposed a scheme, or the operator, can't adopt it."""


@transaction.atomic
def propose(*, scheme: Scheme, by: By) -> int:
    """Keep a scheme for the office to look at; the same one again is left as it is.

    Raises:
        FaultySchemeError: its points do not add up, or a rule of it can't be counted.
        NotAllowedError: neither the office nor the operator.
        SchemeTakenError: another one bears its name and edition.
    """
    if not (by.actor.may_decide or by.actor.may_administer):
        raise NotAllowedError("propose a scheme")
    if wrong := faults(scheme):
        raise FaultySchemeError(wrong)
    content = rulebook.as_text(scheme)
    digest = sha256(content.encode()).hexdigest()
    there = SchemeVersion.objects.select_for_update().filter(
        name=scheme.name, edition=scheme.edition
    )
    if (row := there.first()) is not None:
        if row.sha256 != digest:
            raise SchemeTakenError
        return row.id
    row = SchemeVersion.objects.create(
        name=scheme.name,
        edition=scheme.edition,
        content=content,
        sha256=digest,
        proposed_by=by.actor.account_id,
        proposed_at=by.at,
    )
    _append("assessment.scheme_proposed", row, by)
    return row.id


@transaction.atomic
def adopt(*, scheme: int, by: By) -> None:
    """Adopt a scheme: rounds may be opened by it. The second person does it.

    Raises:
        NotAllowedError: not of the credit office.
        SecondPersonError: the same person proposed it.
        UnknownSchemeError: there is none of this number.
    """
    if not by.actor.may_decide:
        raise NotAllowedError("adopt a scheme")
    row = SchemeVersion.objects.select_for_update().filter(id=scheme).first()
    if row is None:
        raise UnknownSchemeError(scheme)
    if row.adopted_at is not None:
        return
    if row.proposed_by == by.actor.account_id:
        raise SecondPersonError
    row.adopted_by, row.adopted_at = by.actor.account_id, by.at
    row.save(update_fields=["adopted_by", "adopted_at"])
    _append("assessment.scheme_adopted", row, by)


def _append(kind: str, row: SchemeVersion, by: By) -> None:
    body = {"name": row.name, "edition": row.edition, "sha256": row.sha256}
    ledger.append(
        kind=kind,
        subject=f"assessment_scheme:{row.id}",
        actor=by.actor.account_id,
        body=body,
        at=by.at,
    )
