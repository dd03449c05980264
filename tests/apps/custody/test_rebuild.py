"""Archive and ledger say what the tables must hold, and any difference is found."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import transaction

from tests.factories import city as cities
from tests.factories import files
from xinheng.apps.custody import erasure, rebuild
from xinheng.apps.intake.models import Submission
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.records import amending, landing
from xinheng.apps.records import erasing as records
from xinheng.apps.records.models import Landing, Record

AT = datetime(2019, 7, 1, 2, 0, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("landed")


@pytest.fixture
def landed(city):
    """Records new, corrected and back again, unchanged, of two units."""
    rows = files.permit_rows(6)
    other = [{**row, "许可内容": "更正"} for row in rows[:2]]
    cities.hand_in(rows[:4])
    cities.hand_in([*other, rows[2]])
    cities.hand_in(rows[:3])
    cities.hand_in(rows[4:], unit="U01")
    cities.hand_in(cities.some_wrong_rows())


def codes() -> set[str]:
    return {each.code for each in rebuild.verify().differences}


class TestVerify:
    def test_finds_the_tables_equal(self):
        report = rebuild.verify()

        assert report.differences == ()
        assert report.versions == Record.objects.count()
        assert report.landings == 5

    def test_knows_what_was_erased(self):
        row = Record.objects.filter(superseded_at__isnull=False).first()
        name = f"{row.submission.ledger_seq}.{row.row_number}"
        order = erasure.Order(
            records.find_by_names([name]), (), erasure.Basis.TERM_ENDED, "示例"
        )
        erasure.erase(order=order, actor="operator", at=AT)
        again = Record.objects.filter(erased_at=None).first()
        more = f"{again.submission.ledger_seq}.{again.row_number}"
        order = erasure.Order(
            records.find_by_names([more]), (), erasure.Basis.TERM_ENDED, "示例"
        )
        erasure.erase(order=order, actor="operator", at=AT)

        report = rebuild.verify()

        assert report.differences == ()
        assert report.erased == Record.objects.exclude(erased_at=None).count() > 1

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"body": "{}"}, "VERSION_DIFFERS"),
            ({"natural_key": "x"}, "VERSION_DIFFERS"),
            ({"decided_on": "2019-01-01"}, "VERSION_DIFFERS"),
            ({"source_unit_id": "U03"}, "VERSION_DIFFERS"),
            ({"digest": "00" * 32}, "DIGEST_WRONG"),
            ({"salt": "00" * 32}, "DIGEST_WRONG"),
            ({"erased_at": AT}, "VERSION_DIFFERS"),
        ],
    )
    def test_finds_a_column_that_was_changed(self, change, code):
        row = Record.objects.filter(superseded_at=None).order_by("-id").first()
        Record.objects.filter(id=row.id).update(**change)

        assert code in codes()

    def test_finds_a_version_that_is_missing(self):
        Record.objects.filter(superseded_at=None).order_by("-id").first().delete()

        assert {"VERSION_MISSING", "ROOT_WRONG"} <= codes()

    def test_finds_a_version_that_nothing_brought(self):
        row = Record.objects.order_by("id").last()
        row.pk, row.row_number, row.natural_key = None, 77, "invented"
        row.save()

        assert "ROOT_WRONG" in codes()
        assert "VERSION_DIFFERS" in codes()

    def test_finds_a_correction_that_was_undone(self):
        row = Record.objects.filter(superseded_at__isnull=False).first()
        by = Landing.objects.exclude(id=row.superseded_by_id).first()
        Record.objects.filter(id=row.id).update(superseded_by=by)

        assert "SUCCESSOR_WRONG" in codes()

    def test_finds_counts_that_were_changed(self):
        Submission.objects.filter(new=4).update(new=3, changed=1)

        assert codes() == {"COUNTS_DIFFER"}

    def test_finds_a_part_that_is_missing_or_altered(self, settings):
        first, second = sorted((Path(settings.ARCHIVE_DIR) / "accepted").rglob("*.p*"))[
            :2
        ]
        first.unlink()
        second.write_bytes(second.read_bytes() + b"x")

        assert {"PART_MISSING", "PART_ALTERED"} <= codes()


def amend(*, is_withdrawn: bool = False) -> Record:
    """Let a decision on an objection amend a record; return the version before."""
    row = Record.objects.filter(superseded_at=None).order_by("id").first()
    key = {"dataset": row.dataset, "natural_key": row.natural_key}
    with transaction.atomic():
        if is_withdrawn:
            done = amending.withdraw(**key, at=AT)
            told = {"withdrawn": done.before}
        else:
            changed = {**json.loads(row.body), "permit_content": "依异议更正"}
            done = amending.amend(**key, body=changed, at=AT)
            told = {"before": done.before, "after": done.digest}
        entry = ledger.append(
            kind="objection.decide",
            subject="objection:1",
            actor="account:1",
            body={"dataset": row.dataset, **told},
            at=AT,
        )
        landing.seal(submission=done.landing, ledger_seq=entry.seq)
    return row


class TestDecided:
    @pytest.mark.parametrize("is_withdrawn", [False, True])
    def test_an_amendment_stands_where_the_ledger_has_it(self, is_withdrawn):
        amend(is_withdrawn=is_withdrawn)
        after = rebuild.verify()
        cities.hand_in(files.permit_rows(4))

        assert after.differences == ()
        assert after.landings == 6
        assert rebuild.verify().differences == ()

    def test_finds_an_amended_version_that_was_changed(self):
        row = amend()
        now = Record.objects.get(natural_key=row.natural_key, superseded_at=None)

        Record.objects.filter(id=now.id).update(body=row.body)
        assert codes() == {"DIGEST_WRONG"}

        Record.objects.filter(id=now.id).update(digest=row.digest, salt=row.salt)
        assert "VERSION_DIFFERS" in codes()

    def test_finds_an_amendment_without_a_landing(self):
        row = amend()
        back = {"superseded_by": None, "superseded_at": None}
        Record.objects.filter(natural_key=row.natural_key, superseded_at=None).delete()
        Record.objects.filter(id=row.id).update(**back)

        assert "LANDING_MISSING" in codes()
