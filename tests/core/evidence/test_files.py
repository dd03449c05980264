"""What may be kept as evidence, by its content, and what is refused."""

from __future__ import annotations

import random
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import pdfs, people, pictures
from xinheng.core.evidence import files
from xinheng.core.evidence.faults import EvidenceError, Fault
from xinheng.core.evidence.files import Examined, MediaType

LIMIT_BYTES = 1_000_000
PLAIN = pdfs.pdf(pdfs.page(b"(No. 15 of 2019) Tj"))
NUMBER = people.number_18(random.Random(7))


def examine(content: bytes, name: str = "决定书.pdf") -> Examined:
    return files.examine(content, name, most_bytes=LIMIT_BYTES, read=lambda _: "一页")


def fault(content: bytes, name: str = "决定书.pdf") -> Fault:
    with pytest.raises(EvidenceError) as caught:
        examine(content, name)
    return caught.value.fault


class TestExamine:
    def test_tells_what_the_file_is(self):
        found = examine(PLAIN)

        assert found.media_type is MediaType.PDF
        assert found.size_bytes == len(PLAIN)
        assert len(found.digest) == 64

    @pytest.mark.parametrize(
        ("content", "name"),
        [(pictures.png(), "a.PNG"), (pictures.jpeg(), "a.jpg"), (PLAIN, "a.Pdf")],
    )
    def test_takes_documents_and_scans(self, content, name):
        assert examine(content, name).name == name

    def test_keeps_the_name_without_the_folder(self):
        assert examine(PLAIN, "C:\\文件\\决定书.pdf").name == "决定书.pdf"

    @pytest.mark.parametrize(
        "name", ["", "  ", "/", "a\x00.pdf", "a\u202e.pdf", "长" * 200 + ".pdf"]
    )
    def test_refuses_a_name_that_hides_something(self, name):
        assert fault(PLAIN, name) is Fault.NAME

    def test_refuses_a_personal_number_in_the_name(self):
        assert fault(PLAIN, f"{NUMBER}.pdf") is Fault.PERSONAL_ID

    def test_refuses_nothing_and_too_much(self):
        assert fault(b"") is Fault.EMPTY
        assert fault(PLAIN + b" " * LIMIT_BYTES) is Fault.TOO_LARGE

    @pytest.mark.parametrize("content", [b"GIF89a", b"PK\x03\x04", b"text", b" %PDF-"])
    def test_refuses_other_types_whatever_the_name_says(self, content):
        assert fault(content) is Fault.TYPE

    def test_refuses_a_name_that_says_another_type(self):
        assert fault(PLAIN, "决定书.png") is Fault.SUFFIX
        assert fault(PLAIN, "决定书.pdf.exe") is Fault.SUFFIX

    def test_keeps_a_registration_number_that_is_no_persons(self):
        shown = pdfs.page(b"(210899000012340) Tj")

        assert examine(pdfs.pdf(shown)).media_type is MediaType.PDF

    @given(st.integers(0, len(PLAIN) - 1), st.binary(max_size=4))
    def test_ends_in_a_verdict_whatever_was_damaged(self, place, change):
        damaged = PLAIN[:place] + change + PLAIN[place + 1 :]

        with suppress(EvidenceError):
            examine(damaged)
