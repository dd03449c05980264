"""Held rows as columns again: restored, and linked with the register as it is now."""

from __future__ import annotations

import polars as pl
from django.db.models import QuerySet

from xinheng.apps.intake.models import HeldRow, Submission
from xinheng.apps.organizations import queries as organizations
from xinheng.core.catalog.datasets import Dataset
from xinheng.pipeline import linking
from xinheng.pipeline.restoring import restore
from xinheng.rulebook import catalog as rulebook

NAME_MISMATCH = "NAME_MISMATCH"
_SCHEMA = {"row": pl.UInt32, "natural_key": pl.String, "body": pl.String}


def dataset_of(submission: Submission) -> Dataset:
    """Return the catalog item in the edition under which the rows were checked."""
    return rulebook.dataset(submission.dataset, submission.edition)


def read(rows: QuerySet[HeldRow], dataset: Dataset) -> pl.DataFrame:
    """Return held rows in row order: `row`, `natural_key`, `body`, and their fields.

    Linked with the register: `organization` (its key, null where it knows none),
    `is_unlinked`, and `differs`, which tells a name that it does not hold for the code.
    """
    listed = rows.order_by("row_number").values_list(
        "row_number", "natural_key", "body"
    )
    frame = pl.DataFrame(list(listed), schema=_SCHEMA, orient="row")
    frame = frame.hstack(restore(frame["body"], dataset))
    linked = linking.link(frame, dataset, organizations.register())
    nowhere = pl.repeat(value=False, n=frame.height, eager=True)
    differs = [
        flag for (rule, _), flag in linked.flags.items() if rule == NAME_MISMATCH
    ]
    return frame.with_columns(
        linked.organization,
        linked.is_unlinked.alias("is_unlinked"),
        (differs[0] if differs else nowhere).alias("differs"),
    )
