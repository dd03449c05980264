"""Uploads in pieces: offsets that hold, one submission, nothing left behind."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import uuid
from datetime import timedelta
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import files
from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.intake import breakdowns, operations, repeats, staging, uploads
from xinheng.apps.intake.models import Submission, Upload
from xinheng.pipeline.failures import UnreadableFileError

pytestmark = pytest.mark.usefixtures("city")
FILE = files.as_csv(files.permit_rows(3))
SIZE = len(FILE)


def announced(clerk, *, size=SIZE, key=None, name="permits.csv"):
    hand_in = operations.HandIn(
        clerk,
        "U01",
        "permit",
        "2019-05",
        name,
        io.BytesIO(),
        operations.Origin.API,
        key,
    )
    return uploads.Announcement(hand_in, size)


def piece(offset, content, digest=None):
    return uploads.Piece(offset, io.BytesIO(content), digest)


@pytest.fixture
def begun(clerk, received_at):
    return uploads.begin(announced(clerk), at=received_at).id


@pytest.fixture
def add(clerk, begun, received_at):
    def add(offset, content, digest=None):
        return uploads.add(
            actor=clerk,
            upload=begun,
            piece=piece(offset, content, digest),
            at=received_at,
        )

    return add


def pieces_of(identifier):
    return staging.directory(uuid.UUID(identifier)) / "pieces"


class TestBegin:
    def test_answers_the_same_announcement_with_the_same_upload(
        self, clerk, received_at
    ):
        first = uploads.begin(announced(clerk, key="a"), at=received_at)

        again = uploads.begin(announced(clerk, key="a"), at=received_at)

        assert again == first
        with pytest.raises(repeats.KeyReusedError):
            uploads.begin(announced(clerk, key="a", size=9), at=received_at)

    def test_refuses_a_name_with_a_personal_number(self, clerk, received_at):
        with pytest.raises(UnreadableFileError, match="PERSONAL_ID"):
            uploads.begin(
                announced(clerk, name="210899199001010012.csv"), at=received_at
            )

        assert not Upload.objects.exists()

    def test_refuses_other_units_and_sizes(self, clerk, received_at, settings):
        settings.MAX_UPLOAD_BYTES = 100
        with pytest.raises(staging.FileTooLargeError):
            uploads.begin(announced(clerk, size=101), at=received_at)
        with pytest.raises(uploads.WrongSizeError):
            uploads.begin(announced(clerk, size=0), at=received_at)
        with pytest.raises(NotAllowedError):
            uploads.begin(announced(Actor("x"), size=9), at=received_at)

    def test_refuses_too_many_at_once(self, clerk, received_at):
        for _ in range(uploads.MOST_AT_ONCE):
            uploads.begin(announced(clerk), at=received_at)

        with pytest.raises(uploads.TooManyUploadsError):
            uploads.begin(announced(clerk), at=received_at)


class TestAdd:
    def test_hands_the_file_in_once_with_the_last_piece(
        self, add, begun, clerk, received_at
    ):
        add(0, FILE[:100])
        last = add(100, FILE[100:])
        again = add(len(FILE), b"")

        assert last.submission == again.submission == begun
        row = Submission.objects.get()
        assert (row.origin, row.file_bytes) == ("API", len(FILE))
        assert row.file_digest == hashlib.sha256(FILE).hexdigest()
        done = operations.process_next(at=received_at)
        assert done.verdict.new == 3
        assert staging.list_directories() == []

    def test_refuses_what_does_not_begin_at_the_end(self, add):
        add(0, FILE[:100])

        for offset in (0, 99, 101, len(FILE)):
            with pytest.raises(uploads.WrongOffsetError):
                add(offset, b"x")

    def test_keeps_nothing_of_a_piece_with_another_digest(self, add, begun):
        add(0, FILE[:100])

        with pytest.raises(uploads.WrongDigestError):
            add(100, b"damaged", hashlib.sha256(b"sent").digest())

        assert pieces_of(begun).stat().st_size == 100
        assert add(100, FILE[100:], hashlib.sha256(FILE[100:]).digest()).submission

    def test_keeps_nothing_beyond_the_announced_size(self, add, begun):
        with pytest.raises(uploads.WrongSizeError):
            add(0, FILE + b"x")

        assert pieces_of(begun).stat().st_size == 0

    def test_is_private_and_durable_before_it_is_counted(self, add, begun, monkeypatch):
        synced = []
        fsync = os.fsync

        def note(descriptor):
            synced.append(Upload.objects.get().received_bytes)
            fsync(descriptor)

        monkeypatch.setattr(os, "fsync", note)

        add(0, FILE[:100])

        assert synced
        assert set(synced) == {0}
        assert pieces_of(begun).stat().st_mode & 0o777 == 0o600

    def test_tells_of_a_full_disk_and_goes_on_when_there_is_room(
        self, add, begun, monkeypatch
    ):
        add(0, FILE[:100])
        with monkeypatch.context() as patch:
            patch.setattr(os, "pwrite", full_disk)
            with pytest.raises(breakdowns.DiskFullError):
                add(100, FILE[100:])

        assert pieces_of(begun).stat().st_size == 100
        assert add(100, FILE[100:]).submission

    def test_is_refused_while_another_request_writes(self, add, begun):
        identifier = Upload.objects.get().id
        with staging.hold(identifier), pytest.raises(uploads.UploadBusyError):
            add(0, b"x")

    def test_cuts_off_what_a_dead_process_wrote_and_did_not_count(self, add, begun):
        add(0, FILE[:100])
        with pieces_of(begun).open("ab") as left:
            left.write(b"half a piece")

        assert add(100, FILE[100:]).submission
        path = staging.content_path(Upload.objects.get().id, file_name="permits.csv")
        assert path.read_bytes() == FILE

    def test_knows_no_upload_whose_bytes_are_gone(self, add, begun):
        add(0, FILE[:100])
        pieces_of(begun).unlink()

        with pytest.raises(uploads.UnknownUploadError):
            add(100, b"x")

    def test_knows_no_upload_of_another_account(self, begun, received_at):
        for upload in (begun, "nothing", "00000000-0000-0000-0000-000000000000"):
            with pytest.raises(uploads.UnknownUploadError):
                uploads.get_upload(actor=Actor("x"), upload=upload, at=received_at)

    @settings(max_examples=25, suppress_health_check=list(HealthCheck))
    @given(
        attempts=st.lists(
            st.tuples(st.integers(0, 60), st.binary(max_size=30)), max_size=12
        )
    )
    def test_holds_exactly_the_pieces_that_fitted(self, clerk, received_at, attempts):
        Upload.objects.all().delete()
        upload = uploads.begin(announced(clerk, size=60), at=received_at).id
        expected = b""
        for offset, content in attempts:
            fits = offset == len(expected) and len(expected) + len(content) <= 60
            sent = piece(offset, content)
            try:
                uploads.add(actor=clerk, upload=upload, piece=sent, at=received_at)
            except (uploads.WrongOffsetError, uploads.WrongSizeError):
                assert not fits or len(expected) == 60
            else:
                assert fits
                expected += content
            got = uploads.get_upload(actor=clerk, upload=upload, at=received_at)
            assert got.received_bytes == len(expected)
            assert (got.submission is not None) == (len(expected) == 60)


def full_disk(*_):
    raise OSError(errno.ENOSPC, "No space left on device")


class TestFinish:
    def test_goes_on_where_a_process_died_before_the_row(
        self, add, begun, clerk, received_at, monkeypatch
    ):
        with monkeypatch.context() as patch:
            patch.setattr(uploads, "_hand_in", die)
            with pytest.raises(KeyboardInterrupt):
                add(0, FILE)
        assert not Submission.objects.exists()

        operations.sweep()
        found = uploads.get_upload(actor=clerk, upload=begun, at=received_at)

        assert found.submission == begun
        assert operations.process_next(at=received_at).verdict.new == 3

    def test_is_done_by_the_worker_where_nobody_asks(
        self, add, begun, received_at, monkeypatch
    ):
        with monkeypatch.context() as patch:
            patch.setattr(uploads, "_hand_in", die)
            with pytest.raises(KeyboardInterrupt):
                add(0, FILE)

        uploads.tidy(at=received_at)

        assert str(Submission.objects.get().id) == begun

    def test_leaves_what_can_not_be_handed_in_any_more(
        self, add, received_at, monkeypatch
    ):
        with monkeypatch.context() as patch:
            patch.setattr(uploads, "_hand_in", die)
            with pytest.raises(KeyboardInterrupt):
                add(0, FILE)
        Upload.objects.update(dataset="nothing")

        uploads.tidy(at=received_at)

        assert not Submission.objects.exists()


def die(*_, **__):
    raise KeyboardInterrupt


class TestEnd:
    def test_comes_by_abort(self, add, begun, clerk, received_at):
        add(0, FILE[:100])

        uploads.abort(actor=clerk, upload=begun, at=received_at)

        assert staging.list_directories() == []
        assert not Upload.objects.exists()

    def test_comes_at_the_hour_and_not_by_a_restart(
        self, add, begun, clerk, received_at
    ):
        add(0, FILE[:100])
        operations.sweep()
        uploads.tidy(at=received_at)
        assert pieces_of(begun).exists()

        late = received_at + timedelta(hours=25)
        with pytest.raises(uploads.UnknownUploadError):
            uploads.get_upload(actor=clerk, upload=begun, at=late)
        wiped = uploads.tidy(at=late)

        assert wiped == 1
        assert staging.list_directories() == []

    def test_leaves_what_is_handed_in(self, add, begun, clerk, received_at):
        add(0, FILE)

        uploads.abort(actor=clerk, upload=begun, at=received_at)
        uploads.tidy(at=received_at + timedelta(hours=25))

        assert not Upload.objects.exists()
        assert operations.process_next(at=received_at).verdict.new == 3

    def test_wipes_what_has_no_row(self, add, begun):
        add(0, FILE[:100])
        Upload.objects.all().delete()

        operations.sweep()

        assert staging.list_directories() == []


def test_a_piece_is_read_in_bounded_chunks(add):
    asked = []
    content = io.BytesIO(FILE[:100])

    def read(size):
        asked.append(size)
        return content.read(size)

    sent = uploads.Piece(0, SimpleNamespace(read=read))
    row = Upload.objects.get()
    with staging.hold(row.id):
        uploads._write(row, sent)

    assert max(asked) <= 1024 * 1024
