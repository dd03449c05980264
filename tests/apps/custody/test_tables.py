"""Rows leave one database and come back into any."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import polars as pl
import pytest
from django.db import connection

from xinheng.apps import bulk
from xinheng.apps.custody import tables

AT = datetime(2019, 6, 3, 2, 0, tzinfo=UTC)


@pytest.fixture
def by_name(db):
    return {table.name: table for table in tables.list_tables()}


class TestListTables:
    def test_holds_every_table_but_those_of_guests(self, by_name):
        there = set(connection.introspection.table_names())
        managed = {
            name
            for name in there
            if not name.startswith(("axes_", "django_session", "django_migrations"))
        }

        assert {"ledger_entry", "records_record", "intake_submission"} <= set(by_name)
        assert set(by_name) <= there
        assert not {name for name in managed - set(by_name) if _is_model_table(name)}

    def test_leaves_out_sessions(self, by_name):
        assert "django_session" not in by_name


def _is_model_table(name: str) -> bool:
    from django.apps import apps

    return name in {
        model._meta.db_table for model in apps.get_models(include_auto_created=True)
    }


class TestRoundTrip:
    @pytest.mark.parametrize("moment", [AT, AT.replace(microsecond=7)])
    def test_gives_back_what_was_there(self, by_name, moment):
        from xinheng.apps.records.models import Landing

        table = by_name["records_landing"]
        landing = Landing.objects.create(id=uuid.uuid4(), recorded_at=moment)
        (frame,) = tables.read(table)
        Landing.objects.all().delete()

        bulk.insert(table.name, tables.as_stored(table, frame))

        assert Landing.objects.get() == landing
        assert Landing.objects.get(recorded_at=moment).id == landing.id
        assert Landing.objects.filter(recorded_at__lte=moment).exists()

    def test_keeps_bytes_booleans_texts_and_nulls(self, by_name):
        from xinheng.apps.ledger.models import Node

        table = by_name["ledger_node"]
        Node.objects.create(level=0, number=0, hash=bytes(range(32)))
        (frame,) = tables.read(table)

        assert frame.schema == {
            "level": pl.Int64,
            "number": pl.Int64,
            "hash": pl.Binary,
        }
        assert frame["hash"].to_list() == [bytes(range(32))]
