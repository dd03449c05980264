"""Rows restored from their bodies are the rows that made them."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pipeline.test_bodies import DATASET, SCHEMA, rows
from xinheng.pipeline.bodies import bodies
from xinheng.pipeline.restoring import restore
from xinheng.rulebook import catalog


class TestRestore:
    @given(st.lists(rows, max_size=5))
    def test_undoes_what_bodies_does(self, made):
        frame = pl.DataFrame(made, schema=SCHEMA, orient="row")

        assert restore(bodies(frame, DATASET), DATASET).equals(frame)

    @pytest.mark.parametrize("name", [each.name for each in catalog.datasets()])
    def test_knows_the_fields_of_every_dataset(self, name):
        dataset = catalog.dataset(name)

        restored = restore(pl.Series(["{}"]), dataset)

        assert restored.columns == [field.name for field in dataset.stored_fields]
        assert restored.null_count().row(0) == (1,) * restored.width
