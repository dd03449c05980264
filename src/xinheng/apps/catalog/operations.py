"""Activating catalog items, and the lock under which a dataset's rows land."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from xinheng.apps.catalog.models import Activation
from xinheng.apps.ledger import operations as ledger
from xinheng.core.catalog.datasets import Dataset


class NoLegalBasisError(ValueError):
    """The item names no legal basis, so nothing may be collected under it."""

    def __init__(self, dataset: str) -> None:
        super().__init__(f"{dataset}: no legal basis")
        self.dataset = dataset


@transaction.atomic
def activate(
    *, datasets: Iterable[Dataset], on: date, actor: str, at: datetime
) -> tuple[str, ...]:
    """Begin to collect these items; items that are active already are passed over.

    Returns the names that were activated.

    Raises:
        NoLegalBasisError: for an item without one; then none is activated.
    """
    active = set(Activation.objects.values_list("dataset", "edition"))
    return tuple(
        _activate(dataset, on=on, actor=actor, at=at)
        for dataset in datasets
        if (dataset.name, dataset.edition) not in active
    )


def _activate(dataset: Dataset, *, on: date, actor: str, at: datetime) -> str:
    basis = "；".join(text.title for text in dataset.legal_basis)
    if not basis:
        raise NoLegalBasisError(dataset.name)
    appended = ledger.append(
        kind="catalog.activated",
        subject=f"dataset:{dataset.name}",
        actor=actor,
        body={"edition": dataset.edition, "legal_basis": basis, "on": on.isoformat()},
        at=at,
    )
    Activation.objects.create(
        dataset=dataset.name,
        edition=dataset.edition,
        legal_basis=basis,
        activated_on=on,
        ledger_seq=appended.seq,
    )
    return dataset.name


def lock(*, dataset: str) -> None:
    """Hold the dataset until the transaction ends: one submission lands at a time."""
    list(Activation.objects.select_for_update().filter(dataset=dataset))


def lock_all() -> None:
    """Hold every dataset until the transaction ends: nothing lands meanwhile."""
    list(Activation.objects.select_for_update().order_by("id"))
