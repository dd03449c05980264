"""Lists that were decided before the register was in use, or by another authority.

    take         rows of a file become listings that wait to be accepted
    take_whole   a whole list as of a day: what is new, corrected, or gone from it

Nothing of it has effect until somebody else accepts it (`operations.record`), and what
lacks anything can't be accepted. A row that comes again with its key mends the one that
waits. What a whole list no longer holds is ended at once: that only shortens an effect.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date

from django.db import transaction
from django.utils import timezone

from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.listings import operations, surroundings, texts
from xinheng.apps.listings.models import Listing, ListingEvent
from xinheng.apps.listings.operations import By
from xinheng.apps.organizations import queries as organizations
from xinheng.core.disclosures.names import SOLE_PROPRIETOR_PREFIX
from xinheng.core.identifiers import uscc
from xinheng.core.listings.advancing import Value
from xinheng.core.listings.clocks import Way
from xinheng.core.listings.completeness import Claim, Demand, lacks
from xinheng.core.listings.deltas import diff
from xinheng.core.listings.procedure import EFFECTIVE, Event, Guard, Need, State
from xinheng.core.listings.schemes import Scheme
from xinheng.core.merkle import canonical
from xinheng.core.screening import personal_id
from xinheng.rulebook import list_schemes

CORRECTED, LEFT = "CORRECTED_AT_SOURCE", "LEFT_THE_LIST"


@dataclass(frozen=True, slots=True)
class Source:
    """Where rows come from: which list, who answers for it here, who decided there.

    `origin` is empty where the authority itself decided, before the register was there:
    then the basis must be one of the list's own.
    """

    scheme: str
    authority: str
    origin: str = ""


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One row: `number` as the file counts, `key` what names it from month to month."""

    number: int
    key: str
    code: str
    claim: Claim


@dataclass(slots=True)
class Taken:
    """What became of the rows; `refused` pairs a row's number with a rule."""

    complete: int = 0
    questionable: int = 0
    mended: int = 0
    unchanged: int = 0
    removed: int = 0
    unclear: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


@transaction.atomic
def take(*, source: Source, rows: Iterable[ImportRow], by: By) -> Taken:
    """Keep rows as listings that wait to be accepted.

    Raises:
        NotAllowedError: neither the authority nor the credit office nor an operator.
        UnknownSchemeError: the rulebook has no such list.
    """
    _require(source, by)
    taken = Taken()
    kept: list[Listing] = []
    for row in rows:
        rule = _take(source, row, by, taken, kept)
        if rule is not None:
            taken.refused.append((row.number, rule))
    _tell(source, kept, by)
    return taken


@transaction.atomic
def take_whole(
    *, source: Source, rows: Sequence[ImportRow], document: str, on: date, by: By
) -> Taken:
    """Take a whole list as of a day, named by `document`.

    A key that stands twice changes nothing, and is counted as unclear.

    Raises:
        NotAllowedError, UnknownSchemeError: as for `take`.
    """
    _require(source, by)
    held = {row.source_key: row for row in _held(source)}
    delta = diff(
        [(key, _claim_of(row)) for key, row in held.items()],
        [(row.key, row.claim) for row in rows],
    )
    for key in (*delta.removed, *delta.corrected):
        reason = LEFT if key in delta.removed else CORRECTED
        _end(held[key], document, reason, on, by)
    wanted = {*delta.added, *delta.corrected}
    taken = take(source=source, rows=[r for r in rows if r.key in wanted], by=by)
    taken.removed, taken.unclear = len(delta.removed), len(delta.unclear)
    taken.unchanged += delta.unchanged
    return taken


def _require(source: Source, by: By) -> None:
    actor = by.actor
    is_office = actor.may_decide or actor.may_administer
    if not (is_office or actor.may_list_for(source.authority)):
        raise NotAllowedError("import a list")


def _held(source: Source) -> list[Listing]:
    states = [State.IMPORTED, *EFFECTIVE]
    rows = Listing.objects.filter(scheme=source.scheme, origin=source.origin)
    return list(rows.exclude(source_key="").filter(state__in=states).order_by("id"))


def _claim_of(row: Listing) -> Claim:
    return Claim(**{name: getattr(row, name) for name in asdict(Claim())})


def _take(
    source: Source, row: ImportRow, by: By, taken: Taken, kept: list[Listing]
) -> str | None:
    """Keep one row, or return the rule that refuses it."""
    said = {Need(n): v for n, v in asdict(row.claim).items() if n in set(Need) and v}
    code = uscc.normalize(row.code)
    if fault := texts.find_fault(said):
        return fault[1]
    if personal_id.find(f"{row.key} {row.claim.notice_proof}") is not None:
        return texts.PERSONAL_ID
    organization = organizations.get_public(code)
    if organization is None:
        return operations.UNKNOWN_ORGANIZATION
    if code.startswith(SOLE_PROPRIETOR_PREFIX):
        return Guard.SOLE_PROPRIETOR.value
    scheme = list_schemes.scheme(source.scheme)
    before = Listing.objects.filter(scheme=scheme.name, source_key=row.key).first()
    if before is not None and before.state != State.IMPORTED:
        taken.unchanged += 1
        return None
    listing = before or _new(source, scheme, row, by)
    if listing.organization_id and listing.uscc != organization.uscc:
        return Guard.ALREADY_LISTED.value
    listing.organization_id, listing.uscc = int(organization.key), organization.uscc
    listing.name = organization.name or ""
    _put(listing, row.claim, _demand(source, scheme, row.claim), by)
    listing.save()
    kept.append(listing)
    _count(taken, listing, is_new=before is None)
    return None


def _new(source: Source, scheme: Scheme, row: ImportRow, by: By) -> Listing:
    return Listing(
        scheme=scheme.name,
        kind=scheme.kind.value,
        authority_id=source.authority,
        state=State.IMPORTED.value,
        proposed_by=by.actor.account_id,
        proposed_at=by.at,
        origin=source.origin,
        source_key=row.key,
    )


def _put(listing: Listing, claim: Claim, demand: Demand, by: By) -> None:
    for name, value in asdict(claim).items():
        setattr(listing, name, value)
    listing.proposed_by = by.actor.account_id
    on = timezone.localdate(by.at)
    listing.lacks = [each.value for each in lacks(claim, demand, on=on)]


def _demand(source: Source, scheme: Scheme, claim: Claim) -> Demand:
    bases = () if source.origin else surroundings.bases_of(scheme)
    served, closes = claim.notice_served_on, None
    if served is not None:
        opened = surroundings.window_of(scheme, Way.DELIVERY, served)
        closes = opened.closes_on if opened and not source.origin else None
    return Demand(scheme.term_months, frozenset(bases), closes)


def _count(taken: Taken, listing: Listing, *, is_new: bool) -> None:
    taken.mended += not is_new
    taken.questionable += bool(listing.lacks)
    taken.complete += not listing.lacks


def _tell(source: Source, kept: Sequence[Listing], by: By) -> None:
    """Append one entry for all rows, and keep the event of each."""
    if not kept:
        return
    appended = ledger.append(
        kind="listing.import",
        subject=f"list:{source.scheme}",
        actor=by.actor.account_id,
        body={
            "authority": source.authority,
            "origin": source.origin,
            "listings": {str(each.id): each.uscc for each in kept},
            "questionable": sum(bool(each.lacks) for each in kept),
        },
        at=by.at,
    )
    ListingEvent.objects.bulk_create(
        ListingEvent(
            listing=each,
            event=Event.IMPORT.value,
            told=canonical.text({"origin": source.origin}),
            actor=by.actor.account_id,
            recorded_at=by.at,
            ledger_seq=appended.seq,
        )
        for each in kept
    )


def _end(row: Listing, document: str, reason: str, on: date, by: By) -> None:
    """End what a whole list has left out, and free its key where it was corrected."""
    locked = operations.lock(row.id)
    event = Event.DROP
    told: dict[Need, Value] = {Need.REASON: reason}
    if locked.state != State.IMPORTED:
        begun = max(day for day in (on, locked.decided_on) if day is not None)
        event = Event.REVOKE
        told |= {Need.DOCUMENT: document, Need.EFFECTIVE_ON: begun}
    operations.advance_without_mandate(locked, event, told, by)
    locked.source_key = f"{locked.source_key}#{locked.id}"[:200]
    locked.save(update_fields=["source_key"])
