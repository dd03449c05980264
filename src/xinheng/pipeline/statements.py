"""What a row states twice: a sum in a column and in the words of the decision."""

from __future__ import annotations

import polars as pl

from xinheng.core.catalog.datasets import Dataset
from xinheng.pipeline.cells.columns import Flags
from xinheng.pipeline.cells.reading import failing
from xinheng.pipeline.checks import amounts


def flags(frame: pl.DataFrame, dataset: Dataset) -> Flags:
    """Return the flag AMOUNT_UNIT of each field whose sum a text states as well."""
    found: Flags = {}
    for field in dataset.stored_fields:
        if field.stated_in is None or field.unit is None:
            continue
        name, word = field.stated_in
        rows = frame.select(text=name, amount=field.name)
        differs = amounts.disagree(rows, word=word, unit=field.unit)
        found |= {
            (rule, field.name): flag
            for rule, flag in failing("AMOUNT_UNIT", differs).items()
        }
    return found
