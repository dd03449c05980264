"""Landing: counts that add up, a dry run that tells the truth, no row twice.

The properties hold for any file: rows that pass, rows with each kind of slip, rows of
another unit, repeated and contradicting rows, in any order.
"""

from __future__ import annotations

import random
from datetime import timedelta

import polars as pl
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import files
from tests.factories.hand_ins import hand_in
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.intake import archive, checking, landing, operations
from xinheng.apps.intake.models import HeldRow, Submission
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.outbox.models import Delivery
from xinheng.apps.records import landing as records
from xinheng.apps.records.models import Landing, Record
from xinheng.rulebook import samples

pytestmark = pytest.mark.usefixtures("city")

ROWS = files.permit_rows(12)
STRANGER = samples.organizations(500, seed=0)[450]
SLIPS = {
    "none": {},
    "date": {"许可决定日期": "昨天"},
    "name": {"行政相对人名称": "示例市另一家有限公司"},
    "stranger": {
        "行政相对人名称": STRANGER.name,
        "行政相对人代码_1(统一社会信用代码)": STRANGER.code,
    },
    "content": {"许可内容": "更正后的许可内容"},
    "missing": {"行政许可决定文书号": ""},
}
FILES = st.lists(
    st.tuples(st.integers(0, len(ROWS) - 1), st.sampled_from(sorted(SLIPS))),
    min_size=1,
    max_size=16,
).map(lambda drawn: [{**ROWS[number], **SLIPS[slip]} for number, slip in drawn])
TEXTS = ("code", "organization", "name")
property_test = settings(
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def example(work):
    """Run an example in a transaction that is undone."""
    with transaction.atomic():
        work()
        transaction.set_rollback(True)


def stored():
    """Return everything that a submission may write."""
    tables = (Submission, Landing, Record, HeldRow, Delivery)
    return [list(each.objects.order_by("pk").values()) for each in tables]


def in_force():
    current = Record.objects.filter(superseded_at__isnull=True)
    return set(current.values_list("natural_key", "body", "source_unit_id", "period"))


class TestLand:
    @property_test
    @given(before=FILES, foreign=FILES, rows=FILES)
    def test_says_in_a_dry_run_what_the_real_run_says(
        self, clerk, received_at, monkeypatch, before, foreign, rows
    ):
        other = Actor("clerk-of-u02", units=frozenset({"U02"}))
        seen = []
        land = landing.land

        def look(submission, report, **named):
            land(submission, report, **named)
            seen.append(archive.digest_of(report.findings_path))

        def work():
            operations.submit(hand_in(other, foreign, unit="U02"), at=received_at)
            operations.submit(hand_in(clerk, before), at=received_at)
            state, size = stored(), ledger.size()
            at = received_at + timedelta(hours=1)
            monkeypatch.setattr(landing, "land", look)
            dry = operations.submit(hand_in(clerk, rows), at=at, dry_run=True)
            assert (stored(), ledger.size()) == (state, size)
            real = operations.submit(hand_in(clerk, rows), at=at)
            monkeypatch.setattr(landing, "land", land)
            assert (dry.counts, dry.findings) == (real.counts, real.findings)
            assert dry.matched_columns == real.matched_columns
            assert seen[-1] == seen[-2]

        example(work)

    @property_test
    @given(before=FILES, rows=FILES)
    def test_gives_every_row_one_of_six_counts(self, clerk, received_at, before, rows):
        def work():
            for each in (before, rows):
                done = operations.submit(hand_in(clerk, each), at=received_at)
                counts = done.verdict
                assert counts.rows_read == len(each)
                assert counts.rows_read == sum(
                    getattr(counts, name)
                    for name in counts.__slots__
                    if name != "rows_read"
                )

        example(work)

    @property_test
    @given(rows=FILES, seed=st.integers(0, 99))
    def test_changes_nothing_for_the_same_rows_in_another_order(
        self, clerk, received_at, rows, seed
    ):
        shuffled = random.Random(seed).sample(rows, len(rows))

        def work():
            first = operations.submit(hand_in(clerk, rows), at=received_at).verdict
            versions = Record.objects.count()
            held = HeldRow.objects.filter(closed_by=None).count()
            known = in_force()
            for each in (rows, shuffled):
                again = operations.submit(hand_in(clerk, each), at=received_at).verdict
                assert (again.new, again.changed) == (0, 0)
                assert again.unchanged == first.new
                assert again.rejected == first.rejected
            assert (Record.objects.count(), in_force()) == (versions, known)
            assert HeldRow.objects.filter(closed_by=None).count() == held

        example(work)

    def test_is_the_same_in_slices(self, clerk, received_at, monkeypatch):
        rows = [
            {**row, **SLIPS["name"]} if place % 3 else row
            for place, row in enumerate(ROWS)
        ]
        other = Actor("clerk-of-u02", units=frozenset({"U02"}))
        operations.submit(hand_in(other, ROWS[:5], unit="U02"), at=received_at)
        whole = operations.submit(hand_in(clerk, rows), at=received_at, dry_run=True)
        monkeypatch.setattr(records, "SLICE_ROWS", 2)

        done = operations.submit(hand_in(clerk, rows), at=received_at)

        assert (done.counts, done.findings) == (whole.counts, whole.findings)
        assert HeldRow.objects.filter(submission_id=done.id).count() == (
            done.verdict.questionable
        )


class TestRegisterOfAFile:
    def test_is_asked_once_for_each_code(self, received_at, monkeypatch):
        asked = []

        class Register:
            def lookup(self, codes):
                asked.extend(codes.to_list())
                known = codes.filter(codes != "C").to_list()
                return pl.DataFrame(
                    {
                        "code": known,
                        "organization": known,
                        "name": known,
                        "nonconforming": [False] * len(known),
                    },
                    schema=dict.fromkeys(TEXTS, pl.String)
                    | {"nonconforming": pl.Boolean},
                )

        monkeypatch.setattr(checking.organizations, "register", Register)
        register = checking.context(on=received_at.date()).register

        first = register.lookup(pl.Series(["A", "B", "A", None]))
        second = register.lookup(pl.Series(["C", "B", "A"]))

        assert sorted(first["code"]) == ["A", "B"]
        assert sorted(second["code"]) == ["A", "B"]
        assert sorted(asked) == ["A", "B", "C"]

    def test_remembers_no_more_than_its_bound(self, received_at, monkeypatch):
        monkeypatch.setattr(checking, "MOST_REMEMBERED", 2)
        known = [each.code for each in samples.organizations(3)]
        register = checking.context(on=received_at.date()).register

        for code in [*known, *known]:
            assert register.lookup(pl.Series([code]))["code"].to_list() == [code]
