"""Scans are searched by form; pictures in a PDF are looked into, or it is refused."""

from __future__ import annotations

import random
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import pdfs, people, pictures
from xinheng.core.evidence import pdf, scans
from xinheng.core.evidence.faults import EvidenceError, Fault

NUMBER = people.number_18(random.Random(7))
WRONG_CHECK = "210899199001010019"  # one digit was misread


def a_png(width: int = 600, height: int = 600) -> bytes:
    header = width.to_bytes(4) + height.to_bytes(4) + b"\x08\0\0\0\0"
    return pictures.PNG + pictures.chunk(b"IHDR", header)


def a_jpeg(width: int = 600, height: int = 600) -> bytes:
    frame = b"\x08" + height.to_bytes(2) + width.to_bytes(2) + b"\1\1\x11\0"
    return pictures.jpeg(pictures.segment(0xC0, frame))


def fault(found, text: str | None = "一页文字") -> Fault | None:
    try:
        scans.require_no_person(found, lambda _: text)
    except EvidenceError as error:
        return error.fault
    return None


def in_pdf(head: bytes, body: bytes) -> list[bytes]:
    whole = b"/Subtype /Image /Width 40 /Height 30 " + head
    return list(pdf.scans(pdfs.pdf(pdfs.stream(body, whole, packed=False))))


class TestRequireNoPerson:
    @pytest.mark.parametrize("picture", [a_png(), a_jpeg()])
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("示罚决字〔2019〕第15号", None),
            (NUMBER, Fault.PERSONAL_ID),
            ("", Fault.UNREAD),
            (" \n", Fault.UNREAD),
            (None, Fault.UNREAD),
        ],
    )
    def test_refuses_a_person_and_what_was_not_read(self, picture, text, expected):
        assert fault([picture], text) is expected

    def test_lets_a_seal_without_text_pass_and_reads_it(self):
        assert fault([a_png(200, 200)], "") is None
        assert fault([a_png(200, 200)], NUMBER) is Fault.PERSONAL_ID

    def test_reads_nothing_where_no_number_fits(self):
        assert fault([a_png(10, 10)], NUMBER) is None

    def test_bounds_pixels_and_pictures(self):
        assert fault([a_png(20_000, 20_000)]) is Fault.TOO_LARGE
        assert fault([a_png()] * 20) is None
        assert fault([a_png()] * 21) is Fault.TOO_MANY_SCANS


class TestShowsPerson:
    @pytest.mark.parametrize(
        "text",
        [
            NUMBER,
            WRONG_CHECK,
            "2 1 0 8 9 9 1 9 9 0 0 1 0 1 0 0 1 2",
            "２１０８９９１９９００１０１００１２",
            "210899 19900101 001X",
            f"编号12{WRONG_CHECK}",
        ],
    )
    def test_finds_the_form_whatever_the_check_character(self, text):
        assert scans.shows_person(text)

    @pytest.mark.parametrize(
        "text", ["", "2019年5月6日", "91210899MA0XXXXXXX", "210899199013320012"]
    )
    def test_finds_nothing_in_other_text(self, text):
        assert not scans.shows_person(text)


class TestPicturesOfAPdf:
    def test_are_handed_out_as_files(self):
        grey, rgb = b"\x7f" * 1200, b"\x7f" * 3600
        filtered = (b"\2" + b"\0" * 40) * 30
        packed = b"/Filter /FlateDecode /BitsPerComponent 8 "

        found = [
            *in_pdf(b"/Filter /DCTDecode", a_jpeg()),
            *in_pdf(packed + b"/ColorSpace /DeviceGray", zlib.compress(grey)),
            *in_pdf(packed + b"/ColorSpace /DeviceRGB", zlib.compress(rgb)),
            *in_pdf(
                packed + b"/ColorSpace /DeviceGray /DecodeParms << /Predictor 15 >>",
                zlib.compress(filtered),
            ),
        ]

        assert [scans.count_pixels(each) for each in found] == [360_000, *[1200] * 3]

    @pytest.mark.parametrize(
        "head",
        [
            b"/Filter /JPXDecode",
            b"/Filter /CCITTFaxDecode",
            b"/Filter /JBIG2Decode /ColorSpace /DeviceGray /BitsPerComponent 1",
            b"/Filter /FlateDecode /BitsPerComponent 8 /ColorSpace 9 0 R",
            b"/Filter /FlateDecode /ColorSpace /DeviceRGB",
        ],
    )
    def test_are_refused_where_nobody_can_look_into_them(self, head):
        with pytest.raises(EvidenceError) as caught:
            in_pdf(head, zlib.compress(b"\0" * 3600))

        assert caught.value.fault is Fault.UNREADABLE

    @pytest.mark.parametrize("body", [b"rubbish", zlib.compress(b"short")])
    def test_are_damaged_where_points_are_missing(self, body):
        head = b"/Filter /FlateDecode /BitsPerComponent 8 /ColorSpace /DeviceGray"

        with pytest.raises(EvidenceError) as caught:
            in_pdf(head, body)

        assert caught.value.fault is Fault.DAMAGED

    @given(st.binary(max_size=200), st.binary(max_size=200))
    def test_end_in_a_fault_or_in_pictures(self, head, body):
        with suppress(EvidenceError):
            assert all(isinstance(each, bytes) for each in in_pdf(head, body))
