"""Who looked an organization up, in which matter, and why."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class LookUp(models.Model):
    """One use of the look-up by a public body.

    A batch is one row: `codes` holds all its codes, parted by blanks, so that each of
    the organizations finds it. `asker` is an account or a service key, opaque.
    """

    class Channel(models.TextChoices):
        DESK = "DESK", "工作台"
        API = "API", "接口"
        BATCH = "BATCH", "批量接口"
        FILE = "FILE", "文件"

    at = models.DateTimeField()
    channel = models.CharField(max_length=8, choices=Channel)
    asker = models.CharField(max_length=64)
    unit = models.ForeignKey(
        "units.Unit", null=True, on_delete=models.PROTECT, related_name="+"
    )
    matter = models.CharField(max_length=32)
    purpose = models.CharField(max_length=200)
    codes = models.TextField()
    count = models.PositiveIntegerField()
    ledger_size = models.PositiveBigIntegerField()

    class Meta:
        indexes = [
            models.Index(
                name="standing_single_by_code",
                fields=["codes", "at"],
                condition=Q(count=1),
            ),
            models.Index(
                name="standing_batch_by_time",
                fields=["at"],
                condition=Q(count__gt=1),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="standing_use_has_a_purpose", condition=~Q(purpose="")
            ),
            models.CheckConstraint(
                name="standing_use_names_a_code", condition=Q(count__gte=1)
            ),
        ]
