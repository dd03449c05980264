"""Reports that were issued, and consents; the reports themselves are not kept.

Report    one for each report: for whom, what for, by whom, and its digests
Consent   an organization lets a receiver fetch its report, for a purpose, for a time
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from xinheng.core.reports.kinds import Kind

_KINDS = [(each.value, each.value) for each in Kind]


class Consent(models.Model):
    """A receiver may fetch reports on `[given_on, expires_on)` until it is withdrawn.

    Of its code only the digest is kept. `given_by` is an opaque account id.
    """

    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+"
    )
    receiver = models.CharField(max_length=100)
    purpose = models.CharField(max_length=200)
    code_digest = models.CharField(max_length=64, unique=True)
    given_by = models.CharField(max_length=64)
    given_at = models.DateTimeField()
    given_on = models.DateField()
    expires_on = models.DateField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="report_consent_runs_forward",
                condition=Q(expires_on__gt=F("given_on")),
            ),
            models.CheckConstraint(
                name="report_consent_names_whom_and_why",
                condition=~Q(receiver="") & ~Q(purpose=""),
            ),
        ]


class Report(models.Model):
    """A report as it was issued; its entry stands at `entry_seq` of the ledger.

    The ledger had `entry_seq` entries when the facts were read. `asker` is an opaque
    account, `operator` or `public`; `unit` is null where no unit asked. `then_...` say
    which past it states, as known at that place of the ledger about that day; null
    where it states the day of its issue.
    """

    entry_seq = models.PositiveBigIntegerField(unique=True)
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(max_length=16, choices=_KINDS)
    issued_at = models.DateTimeField()
    issued_on = models.DateField()
    asker = models.CharField(max_length=64)
    unit = models.ForeignKey(
        "units.Unit", null=True, on_delete=models.PROTECT, related_name="+"
    )
    purpose = models.CharField(max_length=200, blank=True)
    consent = models.ForeignKey(
        Consent, null=True, on_delete=models.PROTECT, related_name="reports"
    )
    document_sha256 = models.CharField(max_length=64)
    stated_sha256 = models.CharField(max_length=64)
    then_on = models.DateField(null=True)
    then_known_at = models.DateTimeField(null=True)
    then_size = models.PositiveBigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(
                name="report_by_organization", fields=["organization", "kind", "-id"]
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="report_says_what_for",
                condition=Q(kind__in=[Kind.PUBLIC, Kind.OWN]) | ~Q(purpose=""),
            ),
            models.CheckConstraint(
                name="report_authorized_by_consent",
                condition=Q(kind=Kind.AUTHORIZED, consent__isnull=False)
                | (~Q(kind=Kind.AUTHORIZED) & Q(consent__isnull=True)),
            ),
            models.CheckConstraint(
                name="report_then_in_two_times",
                condition=Q(then_on=None, then_known_at=None, then_size=None)
                | Q(
                    then_on__isnull=False,
                    then_known_at__isnull=False,
                    then_size__isnull=False,
                ),
            ),
        ]
