"""Issue credit reports. Each stands in the ledger; the report itself is not kept.

Facts and entry are one transaction under the ledger's lock, so a report states exactly
what the register knew at the size that it names. Setting and sealing come after it.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from xinheng.apps.ledger import keys, receipt_codes, receipts
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.ledger import queries as entries
from xinheng.apps.organizations.queries import OrganizationView
from xinheng.apps.reports import facts, layout, sealing
from xinheng.apps.reports.layout import Attached, Found
from xinheng.apps.reports.models import Consent, Report
from xinheng.core.merkle import canonical
from xinheng.core.merkle.checkpoint import parse_public_key
from xinheng.core.merkle.entries import timestamp
from xinheng.core.reports.kinds import Kind
from xinheng.core.submissions import reasons
from xinheng.core.two_times import AsOf

ISSUED = "report.issued"
SEAL_NAME = "信衡 Xinheng"
LONGEST_PURPOSE = 200
# What is signed begins with this line, so that it is never taken for a checkpoint.
SIGNED_AS = f"{facts.FORMAT}\n"


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted, by whom: an opaque account, `operator` or `public`.

    `unit` is null where no unit asks, `consent` unless the kind is authorized, `then`
    unless a past is asked about.
    """

    uscc: str
    kind: Kind
    asker: str
    purpose: str = ""
    unit: str | None = None
    consent: Consent | None = None
    then: AsOf | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    """A report: its code, its entry, and the sealed PDF."""

    code: str
    entry: int
    pdf: bytes


def issue(*, order: Order, site: str, at: datetime) -> Issued:
    """Issue a report and return it; `site` is the address of `/verify/`, or empty.

    A public report of the same day that states the same is not issued twice.

    Raises:
        FontMissingError, UnprintableError: it can't be set; nothing was issued.
        NoOrganizationError: the register holds none under this code, or held none.
        ReasonError: no purpose, or one that can't be kept.
        SealError, SigningKeyError: no key to sign with.
    """
    order = replace(order, purpose=_purpose(order))
    seal = sealing.load(Path(settings.KEYS_DIR), name=SEAL_NAME, at=at)
    document, entry = _enter(order, seal, at)
    code = receipt_codes.code_of(entries.get_entry(entry)) or ""
    receipt = receipts.receipt(seq=entry, size=entries.size())
    text = canonical.text(document)
    attached = Attached(text, _sign(text, receipt), canonical.text(receipt))
    found = Found(code, f"{site}{code}" if site else "")
    pdf = layout.render(document, found, attached, at=at)
    return Issued(code, entry, sealing.seal(pdf, seal, at=at))


def _purpose(order: Order) -> str:
    if order.kind in (Kind.PUBLIC, Kind.OWN):
        return ""
    purpose = reasons.require(order.purpose)
    if len(purpose) > LONGEST_PURPOSE:
        raise reasons.ReasonError(reasons.Fault.TOO_LONG)
    return purpose


@transaction.atomic
def _enter(
    order: Order, seal: sealing.Seal, at: datetime
) -> tuple[dict[str, Any], int]:
    """Read the facts and enter the report, or find the one of today that says so."""
    head = ledger.lock_head()
    item = facts.find(order.uscc, order.then)
    on = timezone.localdate(at)
    states = facts.compose(item, order.kind, on=on, then=order.then)
    digest = sha256(canonical.encode(states)).hexdigest()
    if earlier := _earlier(item, order, digest, at):
        when = then_of(earlier) or _now(earlier.issued_at, earlier.entry_seq)
        again = _document(states, order, seal, when)
        if sha256(canonical.encode(again)).hexdigest() == earlier.document_sha256:
            return again, earlier.entry_seq
    document = _document(states, order, seal, order.then or _now(at, head.size))
    layout.render(document, Found(), Attached(), at=at)
    return document, _append(item, order, document, digest, at)


def _earlier(
    item: OrganizationView, order: Order, digest: str, at: datetime
) -> Report | None:
    """Return the public report of today that states the same, null where none does."""
    if order.kind is not Kind.PUBLIC:
        return None
    rows = Report.objects.filter(
        organization_id=int(item.key), kind=Kind.PUBLIC, stated_sha256=digest
    )
    return rows.filter(issued_on=timezone.localdate(at)).order_by("-id").first()


def then_of(row: Report) -> AsOf | None:
    """Return the past that a report states, null where it states the day it bears."""
    if row.then_on is None or row.then_known_at is None or row.then_size is None:
        return None
    return AsOf(row.then_on, row.then_known_at, row.then_size)


def _now(at: datetime, size: int) -> AsOf:
    return AsOf(timezone.localdate(at), at, size)


def _document(
    states: dict[str, Any], order: Order, seal: sealing.Seal, when: AsOf
) -> dict[str, Any]:
    return {
        **states,
        "as_of": timestamp(when.known_at),
        "on": when.on.isoformat(),
        "ledger_size": when.ledger_size,
        "purpose": order.purpose,
        "receiver": order.consent.receiver if order.consent else None,
        "unit": order.unit,
        "certificate_sha256": seal.fingerprint,
    }


def _append(
    item: OrganizationView,
    order: Order,
    document: dict[str, Any],
    digest: str,
    at: datetime,
) -> int:
    body: dict[str, object] = {
        "report": order.kind.value,
        "sha256": sha256(canonical.encode(document)).hexdigest(),
        "purpose": order.purpose,
        "unit": order.unit,
        "consent": order.consent.id if order.consent else None,
    }
    then = order.then
    if then is not None:
        body |= {"then": {"on": then.on.isoformat(), "ledger_size": then.ledger_size}}
    appended = ledger.append(
        kind=ISSUED,
        subject=f"organization:{item.key}",
        actor=order.asker,
        body=body,
        at=at,
    )
    Report.objects.create(
        entry_seq=appended.seq,
        organization_id=int(item.key),
        kind=order.kind,
        issued_at=at,
        issued_on=timezone.localdate(at),
        asker=order.asker,
        unit_id=order.unit,
        purpose=order.purpose,
        consent=order.consent,
        document_sha256=str(body["sha256"]),
        stated_sha256=digest,
        then_on=then.on if then else None,
        then_known_at=then.known_at if then else None,
        then_size=then.ledger_size if then else None,
    )
    return appended.seq


def _sign(text: str, receipt: dict[str, object]) -> str:
    """Return the detached signature by the key that the receipt names, in base64."""
    named = parse_public_key(str(receipt["public_key"]))
    made = keys.load_one(named.key_id).signature(SIGNED_AS + text)
    return b64encode(made.signature).decode()
