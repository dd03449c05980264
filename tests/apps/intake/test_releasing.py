"""Rows without a known organization land by themselves once the register knows it."""

from __future__ import annotations

from unittest import mock

import polars as pl
import pytest
from django.db import transaction

from tests.factories import files
from tests.factories.waiting import (
    AT,
    LATER,
    NAME,
    OFFICE,
    import_strangers,
    of_stranger,
    submit,
)
from xinheng.apps.intake import (
    archive,
    checking,
    deciding,
    register_news,
    releasing,
    staging,
)
from xinheng.apps.intake import operations as intake
from xinheng.apps.intake.deciding import Choice
from xinheng.apps.intake.models import HeldRow, Submission
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.ledger.models import Entry
from xinheng.apps.organizations.models import Organization
from xinheng.apps.outbox import operations as outbox
from xinheng.apps.outbox.models import Delivery
from xinheng.apps.records.models import Record

pytestmark = pytest.mark.usefixtures("city")


def strangers(count, **changes):
    rows = files.permit_rows(count)
    return submit([of_stranger(row, n) for n, row in enumerate(rows)], **changes)


def tell(codes=(), **said):
    """Queue news of the register."""
    with transaction.atomic():
        outbox.queue(
            topic="register.changed",
            subject="organizations",
            payload=said or {"codes": list(codes)},
            ledger_seq=ledger.size(),
            at=LATER,
        )


class TestReleaseKnown:
    def test_lands_what_the_register_knows_and_leaves_the_rest(self, tmp_path):
        done = strangers(3)
        import_strangers(tmp_path, [0, 2])

        landed = releasing.release_known(at=LATER)

        assert landed == 2
        release = Submission.objects.get(origin="RELEASE")
        assert (release.new, release.rows_read, release.submitted_by) == (
            2,
            2,
            "worker",
        )
        assert (release.period, release.unit_id) == (done.period, done.unit_code)
        closed = HeldRow.objects.filter(closed_by=release).order_by("row_number")
        assert [(row.row_number, row.decision) for row in closed] == [(1, ""), (3, "")]
        assert HeldRow.objects.filter(closed_by__isnull=True).count() == 1

    def test_takes_the_codes_that_it_is_told(self, tmp_path):
        strangers(2)
        codes = import_strangers(tmp_path, [0, 1])

        assert releasing.release_known(at=LATER, codes=codes[:1]) == 1
        assert releasing.release_known(at=LATER, codes=["不是代码", ""]) == 0
        assert releasing.release_known(at=LATER) == 1

    def test_lands_nothing_twice(self, tmp_path):
        strangers(2)
        import_strangers(tmp_path, [0, 1])
        releasing.release_known(at=LATER)
        size = ledger.size()

        assert releasing.release_known(at=LATER) == 0
        assert ledger.size() == size
        assert Record.objects.count() == 2

    def test_makes_one_release_for_each_submission(self, tmp_path):
        strangers(1)
        row = of_stranger(files.permit_rows(2)[1], 0)
        submit([row], unit="U02")
        import_strangers(tmp_path, [0])

        releasing.release_known(at=LATER)

        releases = Submission.objects.filter(origin="RELEASE")
        assert sorted(releases.values_list("unit_id", flat=True)) == ["U01", "U02"]

    def test_asks_a_person_where_the_name_differs(self, tmp_path):
        strangers(1)
        import_strangers(tmp_path, [0], renamed=True)

        assert releasing.release_known(at=LATER) == 0

        row = HeldRow.objects.get()
        assert (row.reason, row.rules) == ("questionable", ",NAME_MISMATCH,")
        assert row.closed_by is None
        assert Entry.objects.filter(kind="submission.questioned").count() == 1
        assert Submission.objects.filter(origin="RELEASE").count() == 0

    def test_asks_a_person_where_the_record_is_another_units(self, tmp_path):
        row = of_stranger(files.permit_rows(1)[0])
        submit([row])
        import_strangers(tmp_path, [0])
        submit([{**row, "许可内容": "别的说法"}], unit="U02", at=LATER)

        releasing.release_known(at=LATER)

        mine = HeldRow.objects.get(submission__unit_id="U01")
        assert (mine.reason, mine.rules) == ("questionable", ",OTHER_UNIT,")

    def test_leaves_alone_what_was_sent_back(self, tmp_path):
        strangers(1)
        deciding.send_back(Choice([HeldRow.objects.get().id], OFFICE, "错"), at=LATER)
        import_strangers(tmp_path, [0])

        assert releasing.release_known(at=LATER) == 0

    def test_archives_the_rows_as_accepted_rows_are(self, tmp_path):
        rows = [of_stranger(row, n) for n, row in enumerate(files.permit_rows(2))]
        submit(rows)
        import_strangers(tmp_path, [0, 1])
        releasing.release_known(at=LATER)
        release = Submission.objects.get(origin="RELEASE")
        again = submit(rows, at=LATER)

        kept = pl.read_parquet(archive.path("accepted", release.accepted_digest))
        row = Submission.objects.get(id=again.id)
        fresh = pl.read_parquet(archive.path("accepted", row.accepted_digest))
        assert again.verdict.unchanged == 2
        assert kept.equals(fresh)
        assert kept.schema == fresh.schema

    def test_leaves_nothing_behind_where_it_breaks_off(self, tmp_path):
        strangers(2)
        import_strangers(tmp_path, [0, 1])
        size, archived = ledger.size(), _archived()

        with (
            mock.patch.object(releasing.outbox, "queue", side_effect=InterruptedError),
            pytest.raises(InterruptedError),
        ):
            releasing.release_known(at=LATER)

        assert ledger.size() == size
        assert Record.objects.count() == 0
        assert HeldRow.objects.filter(closed_by__isnull=True).count() == 2
        assert staging.list_directories() == []
        assert _archived() == archived
        assert releasing.release_known(at=LATER) == 2


def _archived():
    from django.conf import settings

    return {path for path in settings.ARCHIVE_DIR.rglob("*") if path.is_file()}


class TestRegisterNews:
    def test_lands_the_rows_of_an_import(self, tmp_path):
        register_news.subscribe(at=AT)
        strangers(2)
        tell(import_strangers(tmp_path, [0, 1]))

        assert register_news.work_off(worker="w", at=LATER) == 2

        assert register_news.work_off(worker="w", at=LATER) == 0
        assert not Delivery.objects.exclude(state="DELIVERED").exists()

    def test_looks_at_every_row_after_a_mass_import(self, tmp_path):
        register_news.subscribe(at=AT)
        strangers(2)
        register_news.work_off(worker="w", at=AT)
        import_strangers(tmp_path, [0, 1])
        Delivery.objects.filter(topic="register.changed").delete()
        tell(all=True)

        assert register_news.work_off(worker="w", at=LATER) == 2

    def test_needs_nothing_but_the_import(self, tmp_path):
        register_news.subscribe(at=AT)
        strangers(2)
        import_strangers(tmp_path, [0, 1])

        assert register_news.work_off(worker="w", at=LATER) == 2

    def test_forgets_no_row_that_landed_after_the_news(self, tmp_path):
        """The file was checked before the import and landed after it."""
        register_news.subscribe(at=AT)
        real = checking.check

        def check(*arguments, **named):
            report = real(*arguments, **named)
            tell(import_strangers(tmp_path, [0]))
            register_news.work_off(worker="w", at=LATER)
            return report

        with mock.patch.object(intake.checking, "check", check):
            done = strangers(1)
        assert done.verdict.unlinked == 1

        assert register_news.work_off(worker="w", at=LATER) == 1

    def test_subscribes_once(self):
        register_news.subscribe(at=AT)
        register_news.subscribe(at=LATER)

        assert {
            each.name for each in register_news.queries.list_subscriptions()
        } == set(register_news.SUBSCRIPTIONS)

    def test_is_handled_again_where_it_broke_off(self, tmp_path):
        register_news.subscribe(at=AT)
        strangers(1)
        register_news.work_off(worker="w", at=AT)
        tell(import_strangers(tmp_path, [0]))
        with (
            mock.patch.object(releasing, "land", side_effect=InterruptedError),
            pytest.raises(InterruptedError),
        ):
            register_news.work_off(worker="w", at=LATER)

        held = register_news.work_off(worker="x", at=LATER)
        later = LATER.replace(hour=LATER.hour + 1)

        assert held == 0  # the first worker's lease still runs
        assert register_news.work_off(worker="x", at=later) == 1


class TestFormerName:
    def test_of_the_register_passes_without_a_question(self, tmp_path):
        row = files.permit_rows(1)[0]
        organization = Organization.objects.get(name=row[NAME])
        renamed = [{"name": f"{row[NAME]}新名", "uscc": organization.uscc}]
        path = files.write_csv(tmp_path / "renamed.csv", renamed)
        from xinheng.apps.organizations import operations

        operations.import_register(path=path, actor="test", at=AT)

        assert submit([row]).verdict.new == 1
