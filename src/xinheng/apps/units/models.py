"""Units that hand in records, each with the period in which it existed.

| level | parent | example |
|---|---|---|
| the city's unit | none | the transport bureau |
| a district's unit | the city's unit | its branch in a district |

There is no third level.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Unit(models.Model):
    """A source unit; a district's unit stands under the city's (`parent`)."""

    code = models.CharField(max_length=32, primary_key=True)
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=200, unique=True)
    name_en = models.CharField(max_length=200)
    parent = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="districts"
    )
    effective_on = models.DateField()
    expires_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="unit_period_runs_forward",
                condition=Q(expires_on__isnull=True)
                | Q(expires_on__gt=F("effective_on")),
            ),
            models.CheckConstraint(
                name="unit_is_not_its_own_parent",
                condition=Q(parent__isnull=True) | ~Q(parent=F("code")),
            ),
        ]
