"""Files of evidence are kept once, by digest, on disk, and said in the ledger."""

from __future__ import annotations

import os
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction

from tests.factories import pdfs, people, pictures, scanned
from xinheng.apps.evidence import operations, queries, shelf
from xinheng.apps.evidence.models import EvidenceFile
from xinheng.apps.evidence.queries import UnknownEvidenceError
from xinheng.apps.ledger.models import Entry
from xinheng.core.evidence.faults import EvidenceError, Fault
from xinheng.pipeline.reading import child

AT = datetime(2019, 6, 3, 2, 0, tzinfo=UTC)
PLAIN = pdfs.pdf(pdfs.page(b"(No. 15 of 2019) Tj"))

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def archive(settings, tmp_path) -> Path:
    settings.DATA_DIR, settings.ARCHIVE_DIR = tmp_path, tmp_path / "archive"
    return tmp_path / "archive"


def store(content: bytes = PLAIN, name: str = "决定书.pdf"):
    return operations.store(content=content, name=name, actor="a1", at=AT)


def stored(archive: Path) -> list[Path]:
    return [path for path in archive.rglob("*") if path.is_file()]


class TestStore:
    def test_gives_the_same_bytes_back(self):
        ref = store()

        assert queries.open(ref.digest) == PLAIN
        assert queries.find([ref.digest, "0" * 64]) == {ref.digest: ref}

    def test_keeps_the_same_bytes_once(self, archive):
        first, again = store(), store(name="另一个名称.pdf")

        assert again == first
        assert len(stored(archive)) == EvidenceFile.objects.count() == 1
        assert Entry.objects.filter(kind="evidence.stored").count() == 1

    def test_says_in_the_ledger_which_file_and_not_its_name(self):
        ref = store()

        entry = Entry.objects.get(kind="evidence.stored")
        assert entry.subject == f"evidence:{ref.digest}"
        assert "决定书" not in entry.body

    def test_keeps_it_from_others_on_the_machine(self, archive):
        store()

        assert [path.stat().st_mode & 0o077 for path in stored(archive)] == [0]

    def test_takes_a_scan_and_refuses_one_with_a_personal_number(self, archive):
        plain = store(scanned.page("罚款已缴清"), "证明.png")
        with pytest.raises(EvidenceError) as caught:
            store(scanned.page("证号 210899199001010012"), "证明.png")

        assert caught.value.fault is Fault.PERSONAL_ID
        assert [path.name.partition(".")[0] for path in stored(archive)] == [
            plain.digest
        ]

    def test_refuses_scans_where_nothing_reads_them(self, monkeypatch):
        monkeypatch.setattr(child, "SCAN_READER", "/nowhere/tesseract")

        with pytest.raises(EvidenceError) as caught:
            store(scanned.page("罚款已缴清"), "证明.png")
        assert caught.value.fault is Fault.NO_READER
        assert store().digest  # a PDF with text needs no reader

    @pytest.mark.parametrize(
        ("content", "fault"),
        [
            (pdfs.pdf(b"<< /Encrypt 4 0 R >>"), Fault.ENCRYPTED),
            (
                pdfs.pdf(b"(%b)" % people.number_18(random.Random(7)).encode()),
                Fault.PERSONAL_ID,
            ),
        ],
    )
    def test_refuses_without_a_trace(self, archive, content, fault):
        with pytest.raises(EvidenceError) as caught:
            store(content)

        assert caught.value.fault is fault
        assert stored(archive) == []
        assert not EvidenceFile.objects.exists()
        assert not Entry.objects.exists()

    def test_takes_no_more_than_the_setting_says(self, settings):
        settings.MAX_EVIDENCE_BYTES = len(PLAIN) - 1

        with pytest.raises(EvidenceError) as caught:
            store()
        assert caught.value.fault is Fault.TOO_LARGE

    def test_that_can_not_write_keeps_nothing(self, archive, monkeypatch):
        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)

        with pytest.raises(OSError, match="No space"):
            store()
        assert stored(archive) == []
        assert not EvidenceFile.objects.exists()

    def test_puts_a_lost_file_back(self, archive):
        ref = store()
        stored(archive)[0].unlink()

        store()

        assert queries.open(ref.digest) == PLAIN


class TestOpen:
    def test_knows_only_what_was_stored(self):
        with pytest.raises(UnknownEvidenceError):
            queries.open("../../etc/passwd")


class TestSweep:
    def test_takes_away_what_no_row_names(self, archive):
        kept = store(pictures.png(), "a.png")
        with transaction.atomic():
            store()
            transaction.set_rollback(True)
        for path in stored(archive):
            os.utime(path, (AT.timestamp(), AT.timestamp()))

        assert operations.sweep(at=AT + shelf.LEFT_AFTER) == 0
        assert operations.sweep(at=AT + shelf.LEFT_AFTER + timedelta(seconds=1)) == 1
        assert [path.name for path in stored(archive)] == [f"{kept.digest}.png"]
