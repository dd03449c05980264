"""Files made to break what reads them: one sentence, in bounded memory and time."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import signal
import subprocess
import tempfile
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import openpyxl
import pytest

from tests.pipeline.reading.conftest import save, text_of, workbook
from xinheng.pipeline.reading import carrying, child, confined, decoding
from xinheng.pipeline.reading.confined import LIMITS
from xinheng.pipeline.reading.decoding import Job

SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
HEAD = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
EXTERNAL = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'


@pytest.fixture
def forged(rows, tmp_path):
    """Write a sound workbook, some of its parts replaced or added; return the path."""

    def write(name="forged.xlsx", parts=()):
        plain = save(workbook(rows), tmp_path)
        changed = dict(parts)
        path = tmp_path / name
        with (
            zipfile.ZipFile(plain) as source,
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target,
        ):
            for part in {*source.namelist(), *changed}:
                content = changed.get(part)
                target.writestr(part, source.read(part) if content is None else content)
        return path

    return write


@pytest.fixture
def peak(monkeypatch):
    """Return the largest resident size, in MB, that children of a call had."""
    seen = []
    wait = subprocess.Popen.wait

    def watched(process, timeout=None):
        status = f"/proc/{process.pid}/status"
        deadline = time.monotonic() + (timeout or 60)
        while process.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(OSError), open(status) as lines:
                found = [line for line in lines if line.startswith("VmHWM")]
                seen.extend(int(line.split()[1]) // 1024 for line in found)
            time.sleep(0.01)
        return wait(process, max(deadline - time.monotonic(), 0.01))

    monkeypatch.setattr(subprocess.Popen, "wait", watched)
    return seen


class TestBombs:
    @pytest.mark.parametrize("head", [ENTITIES, EXTERNAL])
    @pytest.mark.parametrize(
        "part",
        [SHEET, STRINGS, "xl/workbook.xml", "xl/styles.xml", "docProps/core.xml"],
    )
    def test_of_entities_are_refused(self, refusal, forged, head, part):
        path = forged(parts={part: f"{head}<a>&b;</a>"})

        assert refusal(path) == "FILE_DAMAGED"

    def test_of_compression_are_refused_in_bounded_memory(self, refusal, forged, peak):
        blank = b" " * (300 * 1024**2)

        assert refusal(forged(parts={"xl/styles.xml": blank})) == "FILE_TOO_LARGE"
        assert max(peak) < 400

    def test_of_shared_strings_are_stopped(self, refusal, forged, monkeypatch, peak):
        monkeypatch.setattr(confined, "LIMITS", replace(LIMITS, memory_bytes=10**9))
        strings = f"<sst><si><t>{'甲' * 32_767}</t></si></sst>"
        cells = "".join(
            f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>'
            for n in range(1, 40_000)
        )
        sheet = f"{HEAD}<sheetData>{cells}</sheetData></worksheet>"

        path = forged(parts={STRINGS: strings, SHEET: sheet})

        assert refusal(path) == "FILE_UNDECODED"
        assert max(peak) < 1000

    def test_of_time_are_stopped(self, refusal, forged, monkeypatch):
        monkeypatch.setattr(confined, "LIMITS", replace(LIMITS, seconds=0))

        assert refusal(forged()) == "FILE_UNDECODED"

    def test_of_hundreds_of_styles_are_read(self, check, rows, tmp_path):
        book = workbook(rows)
        for number in range(300):
            font = openpyxl.styles.Font(size=number + 1)
            book.active.cell(number + 2, 40).font = font

        assert check(save(book, tmp_path)).accepted == 3

    def test_of_overlapping_members_are_refused(self, refusal, tmp_path, rows):
        path = tmp_path / "overlap.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.csv", text_of(rows))
            archive.writestr("b.csv", text_of(rows))
            second, first = archive.filelist[1], archive.filelist[0]
            second.header_offset = first.header_offset

        assert refusal(path) in {"FILE_DAMAGED", "ARCHIVE_NAMES"}

    def test_of_ten_thousand_members_are_refused(self, refusal, tmp_path):
        path = tmp_path / "many.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for number in range(10_000):
                archive.writestr(f"{number}.csv", "")

        assert refusal(path) == "ARCHIVE_MEMBERS"

    def test_of_archives_in_archives_are_refused(self, refusal, tmp_path):
        content = b"x"
        for _ in range(5):
            target = io.BytesIO()
            with zipfile.ZipFile(target, "w") as archive:
                archive.writestr("a.zip", content)
            content = target.getvalue()
        (tmp_path / "nested.zip").write_bytes(content)

        assert refusal(tmp_path / "nested.zip") == "ARCHIVE_NESTED"

    def test_of_two_gigabytes_that_are_not_there_are_not_read(self, refusal, tmp_path):
        path = tmp_path / "sparse.xlsx"
        path.write_bytes(b"PK\x03\x04")
        os.truncate(path, 2 * 1024**3)
        started = time.monotonic()

        assert refusal(path) == "FILE_TOO_LARGE"
        assert time.monotonic() - started < 5

    def test_of_nothing_but_zeros_are_not_read(self, refusal, tmp_path):
        path = tmp_path / "sparse.csv"
        path.touch()
        os.truncate(path, 2 * 1024**3)

        assert refusal(path) == "FILE_BINARY"


class TestLargeSheets:
    def test_of_a_million_blank_rows_are_read(self, check, forged, rows):
        titles = "".join(f'<c t="inlineStr"><is><t>{t}</t></is></c>' for t in rows[0])
        values = "".join(
            f'<c t="inlineStr"><is><t>{t}</t></is></c>' for t in rows[0].values()
        )
        blank = "".join(f'<row r="{n}"/>' for n in range(3, 1_000_001))
        data = f'<row r="1">{titles}</row><row r="2">{values}</row>{blank}'
        sheet = f"{HEAD}<sheetData>{data}</sheetData></worksheet>"

        assert check(forged(parts={SHEET: sheet})).accepted == 1

    def test_of_sixteen_thousand_columns_are_read(self, check, rows, tmp_path):
        book = workbook(rows)
        book.active.cell(2, 16_384).value = "远处"

        assert check(save(book, tmp_path)).rows_read == 3

    def test_of_the_longest_cells_are_read(self, check, rows, tmp_path):
        rows[0]["说明"] = "长" * 32_767

        assert check(save(workbook(rows), tmp_path)).rows_read == 3

    def test_with_macros_are_read_as_cells(self, check, forged):
        path = forged("macros.xlsm", parts={"xl/vbaProject.bin": b"\xcc\x61" * 500})

        assert check(path).accepted == 3

    def test_with_links_to_elsewhere_fetch_nothing(self, check, forged):
        link = (
            '<Relationships><Relationship Id="rId1" Type="externalLinkPath"'
            ' Target="http://127.0.0.1:9/x.xlsx" TargetMode="External"/>'
            "</Relationships>"
        )
        part = "xl/externalLinks/_rels/externalLink1.xml.rels"

        assert check(forged(parts={part: link})).accepted == 3


class TestTheChild:
    def test_that_is_killed_is_one_refusal(self, refusal, forged, monkeypatch):
        wait = subprocess.Popen.wait

        def killed(process, timeout=None):
            process.send_signal(signal.SIGKILL)
            return wait(process, timeout)

        path = forged()
        monkeypatch.setattr(subprocess.Popen, "wait", killed)

        assert refusal(path) == "FILE_UNDECODED"

    def test_is_given_no_name_and_no_secret(self, forged, monkeypatch):
        started = []
        popen = subprocess.Popen

        def start(command, **options):
            started.append((command, options["env"]))
            return popen(command, **options)

        path = forged("机密名称.xlsx")
        monkeypatch.setenv("XINHENG_SECRET_KEY", "secret")
        monkeypatch.setattr(subprocess, "Popen", start)
        confined.decoded(path, Job.FORM)

        ((command, environment),) = started
        assert "机密名称" not in " ".join(command)
        assert set(environment) == {"PYTHONPATH", "POLARS_MAX_THREADS"}

    def test_prints_nothing(self, refusal, forged, capfd):
        refusal(forged(parts={SHEET: f"{HEAD}<sheetData><row><c>"}))

        assert capfd.readouterr() == ("", "")

    def test_lowers_its_limits(self, monkeypatch):
        lowered = {}
        resource = child.resource
        monkeypatch.setattr(
            resource, "setrlimit", lambda kind, both: lowered.update({kind: both[0]})
        )

        child._confine(4 * 1024**3, 300, 1024**3)

        assert 0 < lowered[resource.RLIMIT_AS] <= 4 * 1024**3
        assert 0 < lowered[resource.RLIMIT_CPU] <= 300
        assert lowered[resource.RLIMIT_CORE] == 0

    def test_tells_of_a_full_disk(self, forged, monkeypatch):
        path = forged()
        with open("/dev/full", "wb") as full:

            @contextlib.contextmanager
            def no_room():
                yield full

            monkeypatch.setattr(tempfile, "TemporaryFile", no_room)
            with pytest.raises(OSError, match="No space") as raised:
                confined.decoded(path, Job.FORM)

        assert raised.value.errno == errno.ENOSPC

    def test_is_refused_where_its_result_grows_too_large(
        self, refusal, forged, monkeypatch
    ):
        monkeypatch.setattr(confined, "LIMITS", replace(LIMITS, result_bytes=100))

        assert refusal(forged()) == "FILE_UNDECODED"

    def test_takes_the_same_file_many_times_at_once(self, check, forged):
        path = forged()
        ready = threading.Barrier(4)

        def decode(_):
            ready.wait()
            book = confined.decoded(path, Job.FORM)
            return book.contents["books"][0]["sheets"][0]["filled"]

        with ThreadPoolExecutor(4) as pool:
            assert set(pool.map(decode, range(4))) == {4}


class TestWhatIsCarried:
    @pytest.mark.parametrize("kept", [0, 1, 8, 100, -1, -9])
    def test_is_whole_or_nothing(self, forged, tmp_path, kept):
        whole = tmp_path / "whole"
        with whole.open("wb") as target:
            decoding.decode(forged(), target, Job.FORM)
        whole.write_bytes(whole.read_bytes()[:kept])

        with whole.open("rb") as cut, pytest.raises(carrying.CutShortError):
            carrying.opened(cut)


class TestDisguises:
    @pytest.mark.parametrize(
        ("name", "content", "code"),
        [
            ("a.xlsx", b"%PDF-1.7\nPK\x03\x04", "FILE_BINARY"),
            ("a.xls", b"<html><table><tr><td>1</td></tr></table>", "FILE_CONTENT"),
            ("a.xlsx", b"PK\x03\x04" + b"\0" * 99, "FILE_DAMAGED"),
            ("a.zip", b"PK\x05\x06" + b"\0" * 18, "ARCHIVE_EMPTY"),
            ("a.zip", b"Rar!\x1a\x07", "FILE_CONTENT"),
            ("a.csv", b"\x7fELF\x02\x01\x01", "FILE_BINARY"),
        ],
    )
    def test_are_refused(self, refusal, put, name, content, code):
        assert refusal(put(content, name)) == code

    def test_of_content_types_do_not_matter(self, check, forged):
        assert check(forged(parts={"[Content_Types].xml": "<Types/>"})).accepted == 3
