"""Letters that let an agent in, and the mandates that follow.

    ActivationLetter   a code for one use, printed by the credit office, for one body
    AgentMandate       an account acts for an organization, with the role it stated

Of the person nothing is kept: an agent's account has a sign-in name of their choice.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from xinheng.core.procedures.agents import Role


class ActivationLetter(models.Model):
    """A letter to an organization; only the digest of its code is kept.

    It is used once, before `expires_at`, unless it was taken back.
    """

    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+"
    )
    code_digest = models.CharField(max_length=64, unique=True)
    issued_by = models.CharField(max_length=64)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="activation_letter_runs_forward",
                condition=Q(expires_at__gt=F("issued_at")),
            ),
            models.CheckConstraint(
                name="activation_letter_used_or_revoked",
                condition=Q(used_at__isnull=True) | Q(revoked_at__isnull=True),
            ),
        ]


class AgentMandate(models.Model):
    """An account acts for an organization on `[effective_on, expires_on)`.

    `role` is what the agent stated; nobody has checked it but the organization that
    handed the letter on. `letter` is null where an OpenID provider vouches for it.
    """

    user = models.ForeignKey(
        "accounts.User", on_delete=models.CASCADE, related_name="+"
    )
    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+"
    )
    role = models.CharField(
        max_length=16, choices=[(each.value, each.value) for each in Role]
    )
    letter = models.OneToOneField(
        ActivationLetter, null=True, on_delete=models.PROTECT, related_name="mandate"
    )
    effective_on = models.DateField()
    expires_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="agent_mandate_runs_forward",
                condition=Q(expires_on__isnull=True)
                | Q(expires_on__gte=F("effective_on")),
            ),
            models.UniqueConstraint(
                name="agent_mandate_open_once",
                fields=["user", "organization"],
                condition=Q(expires_on__isnull=True),
            ),
        ]
