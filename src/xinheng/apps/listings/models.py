"""Lists in use, listings with their whole procedure, and what was issued in it.

    SchemeUse      a list of the rulebook that this city uses, from when to when
    Listing        an organization on a list, or on its way there
    ListingEvent   what happened to it: legal day, moment of record, entry in the ledger
    Stay           a court's stay, from its day until it is lifted
    Document       a notice, decision or removal as it was issued, by its digest

Constraints are made from the table of the procedure: a row can't be in a state without
the columns that every path into it fills.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from xinheng.apps.listings import demanding
from xinheng.core.disclosures.names import SOLE_PROPRIETOR_PREFIX
from xinheng.core.listings.procedure import EFFECTIVE, ENDS, Event, State
from xinheng.core.listings.schemes import ListKind

DECIDED = (*EFFECTIVE, *ENDS)


class SchemeUse(models.Model):
    """A list of the rulebook in use on `[effective_on, ended_on)`, both known days."""

    scheme = models.CharField(max_length=64)
    edition = models.CharField(max_length=16)
    effective_on = models.DateField()
    ended_on = models.DateField(null=True)
    activated_by = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="listing_scheme_in_use_once",
                fields=["scheme"],
                condition=Q(ended_on__isnull=True),
            ),
        ]


class Listing(models.Model):
    """An organization on a list; see `core.listings.procedure` for its columns.

    In force in law on `[decided_on, expires_on)` and before `ended_on`, without the
    days of a stay; known to the register on `[decided_at, ended_at)`. `uscc` and `name`
    are those at the time of the proposal. `origin` names who decided where another
    authority did, `lacks` what an imported listing doesn't have. Once erased, no text
    of it is left, and it has no effect.
    """

    scheme = models.CharField(max_length=64)
    kind = models.CharField(max_length=16, choices=[(k, k) for k in ListKind])
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+"
    )
    uscc = models.CharField(max_length=18)
    name = models.CharField(max_length=300)
    authority = models.ForeignKey(
        "units.Unit", on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(max_length=16, choices=[(s, s) for s in State])
    basis = models.CharField(max_length=500, blank=True)
    facts = models.TextField(blank=True)
    proposed_by = models.CharField(max_length=64)
    proposed_at = models.DateTimeField()
    notice_way = models.CharField(max_length=16, blank=True)
    notice_on = models.DateField(null=True)
    notice_proof = models.CharField(max_length=500, blank=True)
    notice_served_on = models.DateField(null=True)
    window_closes_on = models.DateField(null=True)
    hearing_until = models.DateField(null=True)
    received_on = models.DateField(null=True)
    statement = models.TextField(blank=True)
    heard_on = models.DateField(null=True)
    hearing_record = models.TextField(blank=True)
    answered_on = models.DateField(null=True)
    answer = models.TextField(blank=True)
    decision_no = models.CharField(max_length=100, blank=True)
    decided_on = models.DateField(null=True)
    expires_on = models.DateField(null=True)
    decided_by = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True)
    published_on = models.DateField(null=True)
    is_stayed = models.BooleanField(default=False)
    is_disputed = models.BooleanField(default=False)
    document = models.CharField(max_length=500, blank=True)
    effective_on = models.DateField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    ended_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    last_on = models.DateField(null=True)
    origin = models.CharField(max_length=200, blank=True)
    source_key = models.CharField(max_length=200, blank=True)
    lacks = models.JSONField(default=list)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="listing_days_in_order",
                condition=~Q(state__in=[each.value for each in DECIDED])
                | Q(
                    notice_served_on__lte=F("window_closes_on"),
                    window_closes_on__lt=F("decided_on"),
                    decided_on__lt=F("expires_on"),
                ),
            ),
            models.CheckConstraint(
                name="listing_decided_by_another_person",
                condition=~Q(decided_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="listing_of_no_sole_proprietor",
                condition=~Q(uscc__startswith=SOLE_PROPRIETOR_PREFIX),
            ),
            models.UniqueConstraint(
                name="listing_in_force_once",
                fields=["scheme", "organization"],
                condition=Q(state__in=[each.value for each in EFFECTIVE]),
            ),
            models.UniqueConstraint(
                name="listing_imported_once",
                fields=["scheme", "source_key"],
                condition=~Q(source_key=""),
            ),
            *demanding.constraints(),
        ]
        indexes = [
            models.Index(
                name="listing_of_organization", fields=["organization", "state"]
            ),
            models.Index(name="listing_ends", fields=["state", "expires_on"]),
            models.Index(name="listing_queue", fields=["authority", "state", "-id"]),
        ]


class ListingEvent(models.Model):
    """One event of a listing, in the order of the ledger.

    `on` is its legal day, null where it has none of its own. `told` is canonical JSON
    of what the event brought.
    """

    listing = models.ForeignKey(
        Listing, on_delete=models.PROTECT, related_name="events"
    )
    event = models.CharField(max_length=20, choices=[(e, e) for e in Event])
    on = models.DateField(null=True)
    told = models.TextField()
    actor = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()
    ledger_seq = models.BigIntegerField()


class Stay(models.Model):
    """A listing without effect on `[effective_on, lifted_on)`, by a court's order.

    Known to the register on `[recorded_at, lifted_at)` as running.
    """

    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="stays")
    effective_on = models.DateField()
    lifted_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="listing_stayed_once",
                fields=["listing"],
                condition=Q(lifted_at__isnull=True),
            ),
        ]


class Document(models.Model):
    """A document as it was issued: `sha256` is the digest of its PDF."""

    listing = models.ForeignKey(
        Listing, on_delete=models.PROTECT, related_name="documents"
    )
    kind = models.CharField(max_length=16)
    sha256 = models.CharField(max_length=64)
    issued_by = models.CharField(max_length=64)
    issued_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="listing_document_once", fields=["listing", "kind", "sha256"]
            ),
        ]
