"""The catalog as it is collected here."""

from __future__ import annotations

from collections.abc import Mapping

from xinheng.apps.catalog.models import Activation
from xinheng.core.catalog.datasets import Dataset
from xinheng.rulebook import catalog


class UnknownDatasetError(LookupError):
    """No dataset of that name is collected here."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def get_dataset(name: str) -> Dataset:
    """Return the item in the edition that is collected here.

    Raises:
        UnknownDatasetError: where the catalog has no such item, or it is not active.
    """
    try:
        return list_datasets()[name]
    except KeyError:
        raise UnknownDatasetError(name) from None


def list_datasets() -> Mapping[str, Dataset]:
    """Return every item that is collected here, by name, in the catalog's order."""
    active = set(Activation.objects.values_list("dataset", "edition"))
    return {
        dataset.name: dataset
        for dataset in catalog.datasets()
        if (dataset.name, dataset.edition) in active
    }
