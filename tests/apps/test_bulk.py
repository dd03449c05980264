"""Bulk rows: each value as it was, and no trace of an act that broke off."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import polars as pl
import pytest
from django.db import DatabaseError, connection, transaction

from xinheng.apps import bulk

pytestmark = pytest.mark.django_db

TEXTS = [
    "",
    None,
    " ",
    "\\.",
    "\\N",
    "NULL",
    '"',
    "a,b",
    "a\r\nb",
    "\n",
    "\t",
    "示例𠀀",
]


class TestStage:
    def test_keeps_every_text_and_null(self):
        frame = pl.DataFrame({"place": range(len(TEXTS)), "text": TEXTS})

        bulk.stage("some_texts", {"place": "integer", "text": "text"}, frame)

        rows = bulk.fetch("SELECT text FROM some_texts ORDER BY place")
        assert [text for (text,) in rows] == TEXTS
        bulk.drop("some_texts")

    def test_keeps_a_single_column_of_nulls_and_dates(self):
        frame = pl.DataFrame({"day": [date(2019, 5, 6), None]})

        bulk.stage("some_days", {"day": "date"}, frame)

        rows = bulk.fetch("SELECT COUNT(*), COUNT(day) FROM some_days")
        assert rows == [(2, 1)]
        bulk.drop("some_days")

    def test_begins_anew_where_an_act_broke_off(self):
        bulk.stage("some_rows", {"text": "text"}, pl.DataFrame({"text": ["old"]}))

        bulk.stage("some_rows", {"number": "integer"}, pl.DataFrame({"number": [1]}))

        assert bulk.fetch("SELECT * FROM some_rows") == [(1,)]
        bulk.drop("some_rows")


@pytest.mark.django_db(transaction=True)
class TestStageOutsideATransaction:
    def test_keeps_no_other_writer_waiting(self):
        bulk.stage("some_texts", {"text": "text"}, pl.DataFrame({"text": TEXTS}))

        assert not connection.in_atomic_block
        if connection.vendor == "sqlite":
            assert not connection.connection.in_transaction
        rows = bulk.fetch("SELECT COUNT(*) FROM some_texts")
        bulk.drop("some_texts")
        assert rows == [(len(TEXTS),)]

    def test_leaves_nothing_where_it_fails(self):
        frame = pl.DataFrame({"number": ["no number"]})
        kind = "integer CHECK (number < 1)"

        with pytest.raises(DatabaseError):
            bulk.stage("some_numbers", {"number": kind}, frame)

        with transaction.atomic():
            bulk.drop("some_numbers")


class TestInsertAll:
    def test_takes_frame_after_frame_in_their_order(self):
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE some_rows (number integer, text text)")
        frames = (
            pl.DataFrame({"text": [text], "number": [number]})
            for number, text in enumerate(TEXTS)
        )

        bulk.insert_all("some_rows", ["number", "text"], frames)

        rows = bulk.fetch("SELECT number, text FROM some_rows ORDER BY number")
        bulk.drop("some_rows")
        assert rows == list(enumerate(TEXTS))


class TestInsert:
    def test_fails_as_django_fails(self):
        frame = pl.DataFrame({"number": [1, 1]})
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE once (number integer UNIQUE)")

        with pytest.raises(DatabaseError), transaction.atomic():
            bulk.insert("once", frame)

        bulk.drop("once")

    def test_takes_columns_that_are_words_of_sql(self):
        """Steps of cases and listings have a column `on`."""
        with connection.cursor() as cursor:
            cursor.execute('CREATE TEMP TABLE some_steps ("on" text, "order" integer)')

        bulk.insert("some_steps", pl.DataFrame({"on": ["2019-06-03"], "order": [1]}))

        assert bulk.fetch('SELECT "on", "order" FROM some_steps') == [("2019-06-03", 1)]
        bulk.drop("some_steps")


class TestMoments:
    def test_writes_a_moment_as_django_does(self):
        from xinheng.apps.records.models import Landing

        whole = datetime(2019, 6, 3, 2, 0, tzinfo=UTC)
        moments = [whole, whole + timedelta(microseconds=500)]
        rows = pl.DataFrame({"id": [uuid4().hex for _ in moments]}).with_columns(
            recorded_at=pl.Series(moments)
        )

        bulk.insert(Landing._meta.db_table, rows)

        found = Landing.objects.filter(recorded_at__in=moments)
        assert found.count() == len(moments)
        assert Landing.objects.filter(recorded_at__lte=whole).count() == 1
