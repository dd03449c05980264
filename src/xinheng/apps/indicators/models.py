"""Figures as they were cut, and what other cities published.

Cut         the inputs of a month, counted at one size of the ledger
KeptFigure  one input of a cut, with its formula and its denominator's words
PeerFigure  a figure that another city published, with its source
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Cut(models.Model):
    """The inputs of the months `first_month` to `last_month`, both included.

    The latest cut of the same months counts. `rulebook` is the digest of the rules that
    it was counted by, `counted_on` the last day of the months.
    """

    first_month = models.CharField(max_length=7)
    last_month = models.CharField(max_length=7)
    ledger_size = models.PositiveBigIntegerField()
    rulebook = models.CharField(max_length=64)
    counted_on = models.DateField()
    cut_by = models.CharField(max_length=64)
    cut_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="indicator_months_run_forward",
                condition=Q(last_month__gte=F("first_month")),
            ),
        ]
        indexes = [
            models.Index(name="indicator_cut_of", fields=["last_month", "first_month"])
        ]


class KeptFigure(models.Model):
    """An input as it was cut; null where it was not held or not declared."""

    cut = models.ForeignKey(Cut, on_delete=models.CASCADE, related_name="figures")
    input = models.CharField(max_length=64)
    numerator = models.BigIntegerField(null=True)
    denominator = models.BigIntegerField(null=True)
    formula = models.CharField(max_length=300)
    denominator_of = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="indicator_once", fields=["cut", "input"]),
        ]


class PeerFigure(models.Model):
    """What a city published of an input for a month; `index` is its total score."""

    city = models.CharField(max_length=60)
    period = models.CharField(max_length=7)
    input = models.CharField(max_length=64)
    value = models.DecimalField(max_digits=18, decimal_places=6)
    source = models.CharField(max_length=300)
    published_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="indicator_peer_once", fields=["city", "period", "input"]
            ),
            models.CheckConstraint(
                name="indicator_peer_has_a_source", condition=~Q(source="")
            ),
        ]
