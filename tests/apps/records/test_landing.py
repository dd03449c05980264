"""Landing: versions, digests and the root that the ledger signs."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from xinheng.apps.catalog import operations as catalog
from xinheng.apps.organizations.models import Organization
from xinheng.apps.records import landing, queries
from xinheng.apps.records.models import Record
from xinheng.core.merkle import rows, tree
from xinheng.rulebook import catalog as rulebook

pytestmark = pytest.mark.usefixtures("city")

AT = datetime(2019, 6, 3, 2, 0, tzinfo=UTC)
SCHEMA = {
    "row": pl.UInt32,
    "organization": pl.String,
    "natural_key": pl.String,
    "decided_on": pl.Date,
    "body": pl.String,
}


def batch(*rows, unit="U01", organization=None, dataset="permit"):
    frame = pl.DataFrame(
        [
            (number, organization, key, date(2019, 5, 6), body)
            for number, (key, body) in enumerate(rows, 1)
        ],
        schema=SCHEMA,
        orient="row",
    )
    return landing.Batch(
        uuid.uuid4(), dataset, "2018", unit, "2019-05", "2019-06", frame
    )


def land(*rows, seq, at=AT, **change):
    each = batch(*rows, **change)
    landed = landing.land(each, at=at)
    landing.seal(submission=each.submission, ledger_seq=seq)
    return landed


class TestLand:
    def test_binds_new_and_changed_rows_under_one_root(self):
        land(("a", '{"x":"1"}'), ("b", '{"x":"2"}'), seq=1000)

        landed = land(("a", '{"x":"1"}'), ("b", '{"x":"3"}'), seq=1001)

        assert (landed.new, landed.changed, landed.unchanged) == (0, 1, 1)
        row = Record.objects.get(submission__ledger_seq=1001)
        digest = rows.row_digest(salt=bytes.fromhex(row.salt), body=row.body)
        assert digest.hex() == row.digest
        assert landed.rows_root == tree.root([tree.leaf_hash(digest)]).hex()

    def test_lands_slice_by_slice_under_the_same_root(self, monkeypatch):
        monkeypatch.setattr(landing, "SLICE_ROWS", 2)
        land(("b", "{}"), ("d", "{}"), seq=1000)
        each = batch(*((key, f'{{"x":"{key}"}}') for key in "abcdefg"))
        lazy = replace(each, rows=each.rows.lazy())

        landed = landing.land(lazy, at=AT)

        landing.seal(submission=lazy.submission, ledger_seq=1001)
        written = Record.objects.filter(submission_id=lazy.submission)
        digests = written.order_by("row_number").values_list("digest", flat=True)
        root = rows.rows_root([bytes.fromhex(digest) for digest in digests])
        assert (landed.new, landed.changed) == (5, 2)
        assert [row.body[6] for row in written.order_by("row_number")] == [*"abcdefg"]
        assert landed.rows_root == root.hex()

    def test_compares_with_the_version_in_force_alone(self):
        for seq, text in enumerate(("1", "2", "1"), 1000):
            land(("a", f'{{"x":"{text}"}}'), seq=seq)

        landed = land(("a", '{"x":"1"}'), seq=1003)

        assert (landed.new, landed.changed, landed.unchanged) == (0, 0, 1)

    def test_gives_no_version_a_time_that_runs_backward(self):
        """A long file began first and lands last."""
        land(("a", '{"x":"1"}'), seq=1000, at=AT + timedelta(minutes=5))

        land(("a", '{"x":"2"}'), seq=1001, at=AT)

        old = Record.objects.get(superseded_at__isnull=False)
        assert old.superseded_at == old.recorded_at

    def test_writes_nothing_over_another_units_record(self):
        land(("a", '{"x":"1"}'), seq=1000)

        landed = land(("a", '{"x":"2"}'), unit="U02", seq=1001)

        assert landed.foreign_rows == (1,)
        assert Record.objects.get().body == '{"x":"1"}'

    def test_keeps_texts_with_every_kind_of_character(self):
        body = '{"x":"逗号, 引号\\" 反斜\\\\ 换行\\n 空 "}'

        land(('键,"\\\n\u001f\t', body), seq=1000)

        stored = Record.objects.get()
        assert (stored.natural_key, stored.body) == ('键,"\\\n\u001f\t', body)


class TestSalts:
    def test_differ_between_rows_that_say_the_same(self):
        land(("a", "{}"), ("b", "{}"), seq=1000)

        assert len(set(Record.objects.values_list("salt", flat=True))) == 2
        assert len(set(Record.objects.values_list("digest", flat=True))) == 2


class TestListPublic:
    @pytest.mark.parametrize(
        ("code", "registered", "shown"),
        [
            ("92210899MA00000001", "示例甲", None),
            ("92210899MA00000001", "顺发小吃店(示例甲)", "顺发小吃店"),
            ("91210899MA00000001", "示例甲", "示例甲"),
        ],
    )
    def test_hides_a_name_that_may_be_a_persons(self, code, registered, shown):
        key = str(Organization.objects.first().id)
        body = {"subject_name": registered, "uscc": code, "decision_no": "示审〔1〕1号"}
        land(("a", json.dumps(body, ensure_ascii=False)), seq=1000, organization=key)

        (record,) = queries.list_public(organization=key, on=date(2019, 6, 3))

        texts = {title: text for title, _, text in record.fields}
        assert texts.get("行政相对人名称") == shown
        assert "示审〔1〕1号" in texts.values()

    def test_shows_neither_what_lies_ahead_nor_what_is_not_for_the_public(self):
        key = str(Organization.objects.first().id)
        hidden = next(
            each.name
            for each in rulebook.dataset("permit").stored_fields
            if not each.public
        )
        land(("a", json.dumps({hidden: "示例乙"})), seq=1000, organization=key)

        (record,) = queries.list_public(organization=key, on=date(2019, 5, 6))

        assert record.fields == ()
        assert queries.list_public(organization=key, on=date(2019, 5, 5)) == ()

    def test_is_not_crowded_out_by_what_is_not_public(self, monkeypatch):
        monkeypatch.setattr(queries, "LONGEST_LIST", 2)
        key = str(Organization.objects.first().id)
        land(("a", "{}"), seq=1000, organization=key)
        rows = [(f"p{number}", "{}") for number in range(3)]
        land(*rows, seq=1001, organization=key, dataset="penalty")

        public = queries.list_public(organization=key, on=date(2019, 6, 3))

        assert [record.dataset for record in public] == ["permit"]


class TestCountByUnitAndDataset:
    def test_counts_as_the_ledger_of_a_size_knew(self):
        land(("a", "{}"), ("b", "{}"), seq=1000)
        land(("b", '{"x":"1"}'), ("c", "{}"), seq=1005, at=AT + timedelta(hours=1))

        def count(size):
            return queries.count_by_unit_and_dataset(period="2019-05", ledger_size=size)

        assert count(1000) == []
        assert count(1001) == count(1005) == [("U01", "permit", 2)]
        assert count(1006) == [("U01", "permit", 3)]


class TestActivate:
    def test_refuses_an_item_without_a_legal_basis(self):

        bare = replace(rulebook.dataset("permit"), edition="2999", legal_basis=())

        with pytest.raises(catalog.NoLegalBasisError):
            catalog.activate(datasets=[bare], on=date(2019, 6, 3), actor="x", at=AT)
