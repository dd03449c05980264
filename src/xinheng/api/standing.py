"""What holds for an organization in a matter, for the machines of executing units."""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpResponse
from django.utils import timezone
from ninja import Query, Router

from xinheng.api import schemas, schemas_standing
from xinheng.api.look_up_access import BATCH_SHARE, LookUpKey, LookUpRequest, limiter
from xinheng.apps.ledger import as_of
from xinheng.apps.standing import operations
from xinheng.apps.standing.operations import Channel, Question

router = Router(auth=LookUpKey(), tags=["standing"])
JSON = "application/json"


@router.get(
    "/organizations/{uscc}/standing",
    response=schemas_standing.StandingOut,
    summary="What holds for an organization in a matter",
    operation_id="getStanding",
)
def standing(  # noqa: PLR0913  (each is a parameter of the query)
    request: LookUpRequest,
    uscc: str,
    matter: Query[schemas.Word],
    on: Query[date | None] = None,
    known_at: Query[schemas.TimeText | None] = None,
    purpose: Query[schemas.Word | None] = None,
    facts: Query[bool] = False,
) -> HttpResponse:
    """Return facts, lists in force and measures that apply, each with its basis.

    `facts` adds what is on record of the organization (permits, penalties, judgments
    ...) as far as a public body may see it; without it `facts.records` is null.

    `on` is a legal day (today), `known_at` a day or a ledger size (now). The use is
    logged with the matter and the purpose: that of the key, unless another is given. A
    text that is no code is answered `invalid`, with suggestions.
    """
    limiter.take(request.auth)
    at = timezone.now()
    text = operations.look_up(
        asker=operations.asker_with(request.auth, matter=matter, channel=Channel.API),
        code=uscc,
        question=Question(
            matter,
            purpose or request.auth.purpose,
            on or _today(at),
            _size(known_at, at),
        ),
        at=at,
        with_facts=facts,
    )
    return HttpResponse(text, content_type=JSON)


@router.post(
    "/standing:batch",
    response=schemas_standing.StandingBatchOut,
    summary="What holds for up to 10,000 organizations in a matter",
    operation_id="getStandings",
)
def standing_batch(
    request: LookUpRequest, asked: schemas_standing.StandingBatchIn
) -> HttpResponse:
    """Return a row for each code, in their order; measures are explained once.

    `on` is a legal day (today), `known_at` a day or a ledger size (now).
    """
    limiter.take(request.auth, max(1.0, len(asked.codes) / BATCH_SHARE))
    at = timezone.now()
    text = operations.look_up_many(
        asker=operations.asker_with(
            request.auth, matter=asked.matter, channel=Channel.BATCH
        ),
        codes=asked.codes,
        question=Question(
            asked.matter,
            asked.purpose or request.auth.purpose,
            asked.on or _today(at),
            _size(asked.known_at, at),
        ),
        at=at,
    )
    return HttpResponse(text, content_type=JSON)


def _size(known_at: str | None, at: datetime) -> int | None:
    """Return the place in the ledger that a text names; the look-up knows its end."""
    if not known_at:
        return None
    if known_at.isdecimal():
        return int(known_at)
    asked = as_of.parse(known_at=known_at, on="", at=at)
    return asked.ledger_size if asked else None


def _today(at: datetime) -> date:
    return timezone.localdate(at)
