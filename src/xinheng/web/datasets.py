"""The datasets in the order in which pages offer them."""

from __future__ import annotations

from xinheng.apps.catalog import queries as catalog
from xinheng.core.catalog.datasets import Dataset
from xinheng.rulebook import catalog as rulebook


def in_order() -> list[Dataset]:
    """Return what is collected here, the monthly table's columns first."""
    positions = {column.name: column.position for column in rulebook.categories()}
    last = len(positions) + 1
    return sorted(
        catalog.list_datasets().values(),
        key=lambda item: (positions.get(item.category or "", last), item.name),
    )
