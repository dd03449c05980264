"""The register of organizations: one code each, and every name with its dates."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Organization(models.Model):
    """An organization under its unified social credit code.

    `status` says REGISTERED until a registrar says more. `nonconforming` marks a code
    whose check characters are wrong and which the registrar has confirmed as issued.
    `is_sole_proprietor` follows the code (`92`).
    """

    uscc = models.CharField(max_length=18, unique=True)
    name = models.CharField(max_length=300)
    kind = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=20, default="REGISTERED")
    division = models.CharField(max_length=6)
    registered_on = models.DateField(null=True)
    is_sole_proprietor = models.BooleanField()
    nonconforming = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="organization_by_name", fields=["name"])]


class OrganizationName(models.Model):
    """A name that an organization bore on `[effective_on, expires_on)`.

    `effective_on` is null where the register never said since when.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="names"
    )
    name = models.CharField(max_length=300)
    effective_on = models.DateField(null=True)
    expires_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="organization_name_once", fields=["organization", "name"]
            ),
            models.CheckConstraint(
                name="organization_name_period_runs_forward",
                condition=Q(expires_on__isnull=True)
                | Q(effective_on__isnull=True)
                | Q(expires_on__gte=F("effective_on")),
            ),
        ]
