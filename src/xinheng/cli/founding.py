"""What an empty register begins with: the rulebook's units and catalog items."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from xinheng.apps.catalog import operations as catalog_operations
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.units import operations as units
from xinheng.rulebook import catalog

FOUNDER = "founding"


def found() -> None:
    """Load units and activate items once, in one transaction, on an empty ledger."""
    if ledger.size():
        return
    at = timezone.now()
    datasets = catalog.datasets()
    with transaction.atomic():
        units.load(
            units=catalog.units(),
            effective_on=min(dataset.effective_on for dataset in datasets),
        )
        catalog_operations.activate(
            datasets=datasets, on=timezone.localdate(at), actor=FOUNDER, at=at
        )
