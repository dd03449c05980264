"""What stands on a scan is read by a confined process, and by nobody without it."""

from __future__ import annotations

import dataclasses

import pytest

from tests.factories import scanned
from xinheng.core.evidence.scans import shows_person
from xinheng.pipeline.reading import child, scans

NUMBER = "210899199001010012"


class TestRead:
    def test_finds_chinese_and_a_personal_number(self):
        text = scans.read(scanned.page(f"身份证号 {NUMBER}"))

        assert text is not None
        assert "身份证" in text.replace(" ", "")
        assert shows_person(text)

    def test_is_null_for_what_is_no_picture(self):
        assert scans.read(b"\x89PNG\r\n\x1a\nrubbish") is None

    def test_is_null_beyond_its_limits(self):
        little = dataclasses.replace(scans.LIMITS, memory_bytes=16 * 1024**2)

        assert scans.read(scanned.page("一页"), limits=little) is None

    def test_says_that_it_is_not_installed(self, monkeypatch):
        monkeypatch.setattr(child, "SCAN_READER", "/nowhere/tesseract")

        with pytest.raises(scans.NoReaderError):
            scans.read(scanned.page("一页"))
