"""How many records stand on organizations: for whoever compares them at the desk."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Count

from xinheng.apps.records.models import Record


def count_of_organizations(keys: Collection[int]) -> dict[int, dict[str, int]]:
    """Return the records in force of each organization (by key), by dataset."""
    rows = Record.objects.filter(organization__in=keys, superseded_at__isnull=True)
    counted = rows.order_by().values_list("organization_id", "dataset")
    found: dict[int, dict[str, int]] = {}
    for key, dataset, number in counted.annotate(Count("id")):
        found.setdefault(int(key or 0), {})[dataset] = number
    return found
