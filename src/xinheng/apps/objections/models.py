"""What stands beside a case of objection.

Objection       the ground
ChangeAsked     values that should be others, and whether that was upheld
ObjectionFile   what shows it: files of evidence, by digest
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Objection(models.Model):
    """An objection; `case` is its run of the procedure, its topic the kind.

    `dataset` and `natural_key` name the record that is contested, whatever version is
    in force; both are empty for a listing or a repair. `applied_at` is when the result
    was applied, null where nothing was changed.
    """

    case = models.OneToOneField(
        "cases.Case",
        primary_key=True,
        on_delete=models.PROTECT,
        related_name="objection",
    )
    ground = models.TextField()
    dataset = models.CharField(max_length=64, blank=True)
    natural_key = models.TextField(blank=True)
    applied_at = models.DateTimeField(null=True)


class ChangeAsked(models.Model):
    """A field, what it said, and what it should say.

    `upheld` is null before a decision; empty text means no value.
    """

    objection = models.ForeignKey(
        Objection, on_delete=models.CASCADE, related_name="changes"
    )
    field = models.CharField(max_length=64)
    old = models.TextField(blank=True)
    new = models.TextField(blank=True)
    upheld = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="change_once_for_a_field", fields=["objection", "field"]
            ),
            models.CheckConstraint(
                name="change_asks_for_something_else", condition=~Q(old=F("new"))
            ),
        ]


class ObjectionFile(models.Model):
    """A file that shows what an objection says."""

    objection = models.ForeignKey(
        Objection, on_delete=models.CASCADE, related_name="files"
    )
    digest = models.CharField(max_length=64)
    added_by = models.CharField(max_length=64)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="objection_file_once", fields=["objection", "digest"]
            ),
        ]
