"""What a picture says besides what it shows is searched; damaged ones are refused."""

from __future__ import annotations

import random
import zlib

import pytest

from tests.factories import people, pictures
from xinheng.core.evidence import pictures as pictures_of
from xinheng.core.evidence.faults import EvidenceError, Fault
from xinheng.core.screening import personal_id

NUMBER = people.number_18(random.Random(7))


def holds_number(texts) -> bool:
    return any(map(personal_id.find, texts))


class TestJpegTexts:
    @pytest.mark.parametrize("encoding", ["ascii", "utf-16-le", "utf-16-be"])
    @pytest.mark.parametrize("marker", [0xE1, 0xFE])
    def test_finds_a_number_in_its_segments(self, marker, encoding):
        segment = pictures.segment(marker, b"!" + NUMBER.encode(encoding))

        assert holds_number(pictures_of.jpeg_texts(pictures.jpeg(segment)))

    def test_finds_a_number_after_the_end(self):
        content = pictures.jpeg() + NUMBER.encode()

        assert holds_number(pictures_of.jpeg_texts(content))

    def test_reads_over_filled_markers(self):
        content = pictures.jpeg(b"\xff" + pictures.segment(0xFE, NUMBER.encode()))

        assert holds_number(pictures_of.jpeg_texts(content))

    @pytest.mark.parametrize("cut", [2, 3, 8, -2])
    def test_refuses_one_that_was_cut_off(self, cut):
        with pytest.raises(EvidenceError) as caught:
            list(pictures_of.jpeg_texts(pictures.jpeg()[:cut]))
        assert caught.value.fault is Fault.DAMAGED


class TestPngTexts:
    @pytest.mark.parametrize(
        "chunk",
        [
            pictures.chunk(b"tEXt", b"Comment\0" + NUMBER.encode()),
            pictures.chunk(b"iTXt", b"Comment\0\0\0\0\0" + NUMBER.encode()),
            pictures.chunk(b"zTXt", b"Comment\0\0" + zlib.compress(NUMBER.encode())),
            pictures.chunk(
                b"iTXt", b"Comment\0\1\0zh\0\0" + zlib.compress(NUMBER.encode())
            ),
            pictures.chunk(b"eXIf", NUMBER.encode("utf-16-be")),
        ],
    )
    def test_finds_a_number_in_its_texts(self, chunk):
        assert holds_number(pictures_of.png_texts(pictures.png(chunk)))

    def test_looks_for_no_text_in_the_image(self):
        content = pictures.png(pictures.chunk(b"IDAT", NUMBER.encode()))

        assert not holds_number(pictures_of.png_texts(content))

    def test_refuses_texts_that_unpack_to_too_much(self, monkeypatch):
        monkeypatch.setattr(pictures_of, "MOST_TEXT_BYTES", 1000)
        half = pictures.chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b" " * 600))

        assert list(pictures_of.png_texts(pictures.png(half)))
        with pytest.raises(EvidenceError) as caught:
            list(pictures_of.png_texts(pictures.png(half, half)))
        assert caught.value.fault is Fault.TOO_LARGE

    @pytest.mark.parametrize(
        "content",
        [
            pictures.png()[:-1],
            pictures.png() + b"more",
            pictures.png().replace(b"IEND", b"IENX"),
            pictures.PNG,
        ],
    )
    def test_refuses_one_that_is_not_whole(self, content):
        with pytest.raises(EvidenceError) as caught:
            list(pictures_of.png_texts(content))
        assert caught.value.fault is Fault.DAMAGED
