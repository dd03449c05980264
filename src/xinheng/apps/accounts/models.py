"""Accounts, mandates and service keys.

History shows an account's opaque id; the name behind it lives in `AccountName` alone
and can be erased. When someone signed in is not kept.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.crypto import salted_hmac

from xinheng.apps.accounts import mandates


def new_session_salt() -> str:
    """Return a fresh random salt; every session begun under another one is over."""
    return secrets.token_hex(16)


class UserManager(BaseUserManager["User"]):
    pass


class User(AbstractBaseUser):
    """Someone who signs in."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(max_length=64, unique=True)
    is_active = models.BooleanField(default=True)
    session_salt = models.CharField(max_length=32, default=new_session_salt)
    last_login = None  # not kept, see the module

    objects = UserManager()

    USERNAME_FIELD = "username"

    def get_session_auth_hash(self) -> str:
        """Return the value that a session of this account must carry."""
        return self._session_hash(secret=settings.SECRET_KEY)

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """Yield the same under each former secret key."""
        for secret in settings.SECRET_KEY_FALLBACKS:
            yield self._session_hash(secret=secret)

    def _session_hash(self, *, secret: str | bytes) -> str:
        value = f"{self.session_salt}:{self.password}"
        return salted_hmac(
            "xinheng.accounts.session", value, secret=secret, algorithm="sha256"
        ).hexdigest()


class AccountName(models.Model):
    """The person behind an account: the only place, and erasable."""

    user = models.OneToOneField(User, primary_key=True, on_delete=models.CASCADE)
    display_name = models.CharField(max_length=100)
    email = models.EmailField(blank=True)


class Identity(models.Model):
    """An account as an OpenID provider knows it: the subject's id, and nothing else."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=200)
    subject = models.CharField(max_length=255)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="identity_once_for_each_provider", fields=["issuer", "subject"]
            ),
        ]


class Mandate(models.Model):
    """A role that an account holds on `[effective_on, expires_on)`.

    A clerk's or a listing authority's mandate names the unit; the others are for the
    whole city. A deputy's
    mandate names the mandate that it stands in for, and always has an end. A mandate
    taken back before or on its first day has an empty period.
    """

    class Role(models.TextChoices):
        CLERK = "CLERK", "信源单位经办人"
        LISTING_AUTHORITY = "LISTING_AUTHORITY", "名单认定单位"
        CREDIT_OFFICE = "CREDIT_OFFICE", "信用办"
        ADMINISTRATOR = "ADMINISTRATOR", "系统管理员"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="mandates")
    role = models.CharField(max_length=20, choices=Role)
    unit = models.ForeignKey("units.Unit", null=True, on_delete=models.PROTECT)
    deputy_of = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="deputies"
    )
    effective_on = models.DateField()
    expires_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="mandate_of_a_unit_names_it",
                condition=Q(role__in=sorted(mandates.OF_A_UNIT), unit__isnull=False)
                | Q(role__in=sorted(mandates.CITY_WIDE), unit__isnull=True),
            ),
            models.CheckConstraint(
                name="mandate_period_runs_forward",
                condition=Q(expires_on__isnull=True)
                | Q(expires_on__gte=F("effective_on")),
            ),
            models.CheckConstraint(
                name="mandate_deputy_has_an_end",
                condition=Q(deputy_of__isnull=True) | Q(expires_on__isnull=False),
            ),
        ]


class ServiceKey(models.Model):
    """A key with which a unit's machine hands in files; it can never decide.

    Only the digest of the key is kept; `prefix` is its public beginning. A key that
    names `matters` (their codes, parted by blanks) hands nothing in: with it an
    executing unit looks organizations up in these matters, for `purpose`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    matters = models.CharField(max_length=500, blank=True, db_default="")
    purpose = models.CharField(max_length=200, blank=True, db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="service_key_period_runs_forward",
                condition=Q(expires_at__gt=F("issued_at")),
            ),
            models.CheckConstraint(
                name="service_key_that_looks_up_says_why",
                condition=Q(matters="") | ~Q(purpose=""),
            ),
        ]
