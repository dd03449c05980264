"""Columns that a unit's people assigned by hand, remembered for its next file."""

from __future__ import annotations

from django.db import models


class ColumnMapping(models.Model):
    """A header of a unit's files that means a field of a dataset.

    `header` is folded as the catalog folds headers; an empty `field` says that the
    column is to be left out.
    """

    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    dataset = models.CharField(max_length=64)
    header = models.CharField(max_length=200)
    field = models.CharField(max_length=64, blank=True)
    chosen_by = models.CharField(max_length=64)
    chosen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="column_mapping_once", fields=["unit", "dataset", "header"]
            ),
        ]
