"""Erased words are nowhere, and what proves the act still does."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from django.core.management import call_command
from django.db import connection

from tests.factories import city as cities
from tests.factories import files
from xinheng.apps.custody import backup, erasure, erasure_copy, restore
from xinheng.apps.custody.erasure import Basis, NothingToEraseError, Order
from xinheng.apps.custody.models import Erasure
from xinheng.apps.disclosures.models import Statement
from xinheng.apps.intake.models import HeldRow, Submission
from xinheng.apps.ledger import queries as ledger
from xinheng.apps.ledger import receipts
from xinheng.apps.ledger.erasing import KeptEntryError
from xinheng.apps.ledger.models import Entry
from xinheng.apps.records import changes
from xinheng.apps.records import erasing as records
from xinheng.apps.records import queries as record_queries
from xinheng.apps.records.models import Record
from xinheng.core.changes.cursor import BEGINNING
from xinheng.core.submissions.reasons import ReasonError

AT = datetime(2019, 7, 1, 2, 0, tzinfo=UTC)
WORDS = "独一无二许可内容"
REJECTED = "独一无二错误内容"
ON = date(2019, 7, 1)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def landed(city):
    """A record in two versions, handed in again unchanged, rejected once, held once."""
    rows = files.permit_rows(5)
    mine = rows[0]
    others = rows[1:3]
    cities.hand_in([{**mine, "许可内容": f"{WORDS}一"}, *others])
    cities.hand_in([{**mine, "许可内容": f"{WORDS}二"}, others[0]])
    cities.hand_in([{**mine, "许可内容": f"{WORDS}二"}, rows[3]])
    cities.hand_in([{**mine, "许可内容": REJECTED, "许可决定日期": "2031-01-01"}])
    stranger = {**mine, "许可内容": f"{WORDS}三", "行政相对人名称": "示例市另一公司"}
    cities.hand_in([stranger, rows[4]])
    return mine


def order(**changed: object) -> Order:
    [first] = Record.objects.filter(body__contains=f"{WORDS}一")
    name = f"{first.submission.ledger_seq}.{first.row_number}"
    told = {
        "versions": records.find_by_names([name]),
        "entries": (),
        "basis": Basis.COURT_ORDER,
        "citation": "示例市人民法院（2019）示01行终1号",
    }
    return Order(**(told | changed))


def erase(**changed: object) -> erasure.Erased:
    return erasure.erase(order=order(**changed), actor="operator", at=AT)


def everything(*roots: Path) -> bytes:
    """Return all that lies on disk, and all that the database holds, as bytes."""
    parts = [dumped()]
    for root in roots:
        for path in root.rglob("*"):
            if path.is_file():
                parts.append(path.read_bytes())
                if path.suffix == ".parquet":
                    parts.append(repr(pl.read_parquet(path).rows()).encode())
    return b"\n".join(parts)


def dumped() -> bytes:
    """Return the database as it lies on disk, free pages too, or as a dump."""
    if connection.vendor == "sqlite":
        raw: bytes = connection.connection.serialize()
        return raw
    settings = connection.settings_dict
    made = subprocess.run(
        [
            *("pg_dump", "-h", settings["HOST"], "-p", str(settings["PORT"])),
            *("-U", settings["USER"], settings["NAME"]),
        ],
        capture_output=True,
        check=True,
    )
    return made.stdout


class TestErase:
    def test_leaves_the_words_nowhere(self, landed, settings):
        number = landed["行政许可决定文书号"]
        before = everything(Path(settings.ARCHIVE_DIR))
        assert WORDS.encode() in before
        assert REJECTED.encode() in before

        done = erase()

        after = everything(Path(settings.DATA_DIR) / "archive", settings.STAGING_DIR)
        assert WORDS.encode() not in after
        assert REJECTED.encode() not in after
        assert number.encode() not in after
        assert done.versions == 2
        assert done.parts >= 4

    def test_takes_what_the_record_is_called_elsewhere(self, landed):
        [row] = Record.objects.filter(body__contains=f"{WORDS}一")
        key = record_queries.key_of(row)
        told = {"kind": "record", "key": key, "title": WORDS, "stated_by": "a"}
        Statement.objects.create(**told, trait="SAFETY", citation="x", stated_at=AT)

        erase()

        assert Statement.objects.get().title == ""
        assert WORDS.encode() not in dumped()

    def test_leaves_the_neighbours_and_the_counts_as_they_were(self, landed):
        counted = record_queries.count_by_unit_and_dataset(
            period="2019-05", ledger_size=ledger.size()
        )
        others = list(Record.objects.exclude(body__contains=WORDS).values("id", "body"))

        erase()

        assert counted == record_queries.count_by_unit_and_dataset(
            period="2019-05", ledger_size=ledger.size()
        )
        left = Record.objects.filter(erased_at=None)
        assert list(left.values("id", "body")) == others

    def test_leaves_a_ledger_and_receipts_that_verify(self, landed):
        submission = Submission.objects.order_by("ledger_seq").first()
        receipt = receipts.receipt(
            seq=submission.ledger_seq, size=submission.ledger_seq + 1
        )

        done = erase(entries=(submission.ledger_seq,))

        assert ledger.verify().problems == ()
        assert receipts.verify(receipt) == ()
        entry = ledger.get_entry(submission.ledger_seq)
        assert (entry.body, entry.salt, done.entries) == (None, None, 1)

    def test_tells_readers_of_the_feed(self, landed):
        seen = changes.list_changes(after=BEGINNING, on=ON)
        held = [each for each in seen.changes if each.record is not None]

        erase()

        told = changes.list_changes(after=seen.next, on=ON)
        assert {each.record for each in told.changes} == {None}
        assert {each.id for each in told.changes} & {each.id for each in held}

    def test_leaves_nothing_for_a_person_to_decide_on(self, landed):
        erase()

        [row] = HeldRow.objects.filter(natural_key__startswith="erased:")
        assert (row.body, row.subject_code, row.decision) == ("{}", "", "REJECTED")

    def test_names_old_and_new_parts_in_the_ledger(self, landed, settings):
        done = erase()

        [row] = Erasure.objects.all()
        entry = ledger.get_entry(done.ledger_seq)
        assert entry.body["parts"] == row.parts
        for kind, old, new in row.parts:
            folder = Path(settings.ARCHIVE_DIR) / kind
            assert not (folder / old[:2] / f"{old}.parquet").exists()
            assert (folder / new[:2] / f"{new}.parquet").exists()

    def test_a_second_time_finds_nothing(self, landed):
        told = order()
        erasure.erase(order=told, actor="operator", at=AT)
        again = Order((), (), told.basis, told.citation)

        with pytest.raises(NothingToEraseError):
            erasure.erase(order=again, actor="operator", at=AT)

    def test_refuses_to_empty_what_is_the_evidence_itself(self, landed):
        done = erase()

        with pytest.raises(KeptEntryError):
            erasure.erase(
                order=Order((), (done.ledger_seq,), Basis.UNLAWFUL, "示例"),
                actor="operator",
                at=AT,
            )

    @pytest.mark.parametrize("citation", ["", " ", "当事人210899199001010012"])
    def test_needs_a_text_that_can_be_kept(self, landed, citation):
        with pytest.raises(ReasonError):
            erase(citation=citation)
        assert Erasure.objects.count() == 0


class TestResume:
    def test_carries_out_what_was_only_ordered(self, landed, monkeypatch):
        def die(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(erasure, "_carry_out", die)
            with pytest.raises(KeyboardInterrupt):
                erase()

        resumed = erasure.resume(at=AT)

        assert resumed == 1
        assert not Record.objects.filter(body__contains=WORDS).exists()
        assert erasure.resume(at=AT) == 0


class TestRestore:
    def test_erases_what_an_older_backup_still_holds(self, landed, settings, tmp_path):
        kept = backup.make(directory=tmp_path / "kept", actor="o", at=AT).directory
        erase()
        copy = erasure_copy.place().read_bytes()
        assert WORDS.encode() not in copy
        call_command("flush", verbosity=0, interactive=False)
        shutil.rmtree(settings.ARCHIVE_DIR)

        done = restore.restore(directory=kept, at=AT)

        archive = Path(settings.ARCHIVE_DIR)
        assert done.erased_again == 1
        assert WORDS.encode() not in everything(archive)
        assert REJECTED.encode() not in everything(archive)
        assert ledger.verify().problems == ()
        assert Erasure.objects.get().is_replay

    def test_of_a_younger_backup_erases_nothing_twice(self, landed, settings, tmp_path):
        erase()
        kept = backup.make(directory=tmp_path / "kept", actor="o", at=AT).directory
        call_command("flush", verbosity=0, interactive=False)

        done = restore.restore(directory=kept, at=AT)

        assert done.erased_again == 0
        assert ledger.verify().problems == ()
        assert WORDS.encode() not in everything(Path(settings.ARCHIVE_DIR), kept)

    def test_refuses_a_copy_that_it_cannot_read(self, landed, settings, tmp_path):
        kept = backup.make(directory=tmp_path / "kept", actor="o", at=AT).directory
        call_command("flush", verbosity=0, interactive=False)
        erasure_copy.place().write_text('{"id": 1}\n')

        with pytest.raises(erasure_copy.DamagedCopyError):
            restore.restore(directory=kept, at=AT)
        assert Entry.objects.count() == 0
