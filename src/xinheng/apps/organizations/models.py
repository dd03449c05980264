"""The register of organizations: one code each, and every name with its dates."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Organization(models.Model):
    """An organization under its unified social credit code.

    `status` says REGISTERED until a registrar says more. `nonconforming` marks a code
    whose check characters are wrong and which the registrar has confirmed as issued.
    `is_sole_proprietor` follows the code (`92`). `industry` is a class of GB/T 4754,
    `parent` the body that a branch belongs to: the two are never merged. `unit` is set
    where the organization is a source unit of this register.
    """

    class Status(models.TextChoices):
        REGISTERED = "REGISTERED", "存续"
        REVOKED = "REVOKED", "吊销"
        DEREGISTERED = "DEREGISTERED", "注销"
        MERGED = "MERGED", "合并消灭"
        CODE_WITHDRAWN = "CODE_WITHDRAWN", "代码停用"

    uscc = models.CharField(max_length=18, unique=True)
    name = models.CharField(max_length=300)
    kind = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.REGISTERED)
    division = models.CharField(max_length=6)
    industry = models.CharField(max_length=5, blank=True, db_default="")
    authority = models.CharField(max_length=200, blank=True, db_default="")
    registered_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    parent = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="branches"
    )
    unit = models.OneToOneField(
        "units.Unit", null=True, on_delete=models.PROTECT, related_name="+"
    )
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


class OrganizationCode(models.Model):
    """A code that an organization bore on `[effective_on, expires_on)`.

    Unified codes, the current one among them, and the older numbers that the register
    knows. Two organizations may have borne the same code: that is a finding, not a
    constraint.
    """

    class Kind(models.TextChoices):
        USCC = "USCC", "统一社会信用代码"
        ORGANIZATION_CODE = "ORGANIZATION_CODE", "组织机构代码"
        REGISTRATION_NUMBER = "REGISTRATION_NUMBER", "注册号"
        OTHER = "OTHER", "其他证号"

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="codes"
    )
    code = models.CharField(max_length=64)
    kind = models.CharField(max_length=20, choices=Kind)
    effective_on = models.DateField(null=True)
    expires_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="organization_code_once", fields=["organization", "kind", "code"]
            ),
        ]
        indexes = [models.Index(name="organization_code_by_code", fields=["code"])]
