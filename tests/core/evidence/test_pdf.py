"""The text of a PDF is found wherever and however it stands; else it is refused."""

from __future__ import annotations

import base64
import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import pdfs, people
from xinheng.core.evidence import pdf
from xinheng.core.evidence.faults import EvidenceError, Fault
from xinheng.core.screening import personal_id

NUMBER = people.number_18(random.Random(7))
BYTES = NUMBER.encode()


def holds_number(*objects: bytes) -> bool:
    return any(map(personal_id.find, pdf.texts(pdfs.pdf(*objects))))


def fault(content: bytes) -> Fault:
    with pytest.raises(EvidenceError) as caught:
        list(pdf.texts(content))
    return caught.value.fault


class TestTexts:
    @pytest.mark.parametrize(
        "shown",
        [
            b"(%b) Tj" % BYTES,
            b"<%b> Tj" % BYTES.hex().encode(),
            b"(%b) '" % BYTES,
            b"[(%b) -20 (%b)] TJ" % (BYTES[:6], BYTES[6:]),
            b"[(%b) -500 (%b)] TJ" % (BYTES[:6], BYTES[6:]),
            b" ".join(b"(%c) Tj 9 0 Td" % each for each in BYTES),
            b"(No. \\(1\\) %b) Tj" % BYTES,
            b"(%b\\06%c%b) Tj" % (BYTES[:3], BYTES[3], BYTES[4:])
            if BYTES[3:4] in b"01234567"
            else b"(%b) Tj" % BYTES,
            b"<%b> Tj" % NUMBER.encode("utf-16-be").hex().encode(),
        ],
    )
    def test_finds_a_number_that_a_page_shows(self, shown):
        assert holds_number(pdfs.page(shown))

    def test_finds_single_glyphs_in_blocks_of_their_own(self):
        shown = b"".join(b"BT (%c) Tj ET " % each for each in BYTES)

        assert holds_number(pdfs.stream(shown))

    @given(st.integers(0, 0xFF00))
    def test_reads_glyph_numbers_under_the_tables_of_the_file(self, first):
        string, table = pdfs.glyphs(NUMBER, first=first)

        assert holds_number(pdfs.page(string + b" Tj"), table)

    def test_reads_tables_that_name_ranges(self):
        codes = "".join(f"{ord(each) - 0x30 + 0x41:02X}" for each in NUMBER[:17])
        check = f"{0x61:02X}"
        table = (
            b"1 beginbfrange <41> <4A> <0030> endbfrange"
            b" 1 beginbfrange <61> <61> [<%04X>] endbfrange" % ord(NUMBER[17])
        )

        shown = pdfs.page(f"<{codes}{check}> Tj".encode())
        assert holds_number(shown, pdfs.stream(table))

    @pytest.mark.parametrize(
        "stated",
        [
            b"<< /Title (%b) >>" % BYTES,
            b"<< /V <%b> >>"
            % (b"\xfe\xff" + NUMBER.encode("utf-16-be")).hex().encode(),
        ],
    )
    def test_finds_a_number_in_properties_and_fields(self, stated):
        assert holds_number(stated)
        assert holds_number(pdfs.stream(stated, b"/Type /ObjStm"))

    def test_finds_a_number_in_metadata(self):
        assert holds_number(
            pdfs.stream(b"<?xpacket?><dc:title>%b" % BYTES, packed=False)
        )

    @pytest.mark.parametrize(
        ("name", "packed"),
        [
            (b"/ASCIIHexDecode", (b"BT (%b) Tj ET" % BYTES).hex().encode() + b">"),
            (b"/ASCII85Decode", base64.a85encode(b"BT (%b) Tj ET" % BYTES) + b"~>"),
        ],
    )
    def test_undoes_the_other_packings(self, name, packed):
        body = pdfs.stream(packed, b"/Filter [" + name + b"]", packed=False)

        assert holds_number(body)

    def test_takes_no_two_cells_for_one_number(self):
        shown = b"(%b) Tj ET BT (%b) Tj" % (BYTES[:10], BYTES[10:])

        assert not holds_number(pdfs.page(shown))

    def test_takes_no_places_on_a_page_for_a_number(self):
        drawn = b"%b %b.%b m 0 0 l S BT (1) Tj ET" % (
            BYTES[:6],
            BYTES[6:14],
            BYTES[14:],
        )

        assert not holds_number(pdfs.stream(drawn))

    def test_leaves_pictures_alone(self):
        scan = pdfs.stream(BYTES, b"/Subtype /Image /Filter /DCTDecode", packed=False)

        assert not holds_number(scan)


class TestRefused:
    def test_a_file_that_was_cut_off(self):
        assert fault(pdfs.pdf(pdfs.page(b"(1) Tj"))[:-20]) is Fault.DAMAGED
        assert fault(pdfs.HEAD + pdfs.TAIL) is Fault.DAMAGED

    def test_a_stream_without_an_end(self):
        cut = pdfs.page(b"(1) Tj").removesuffix(b"endstream")

        assert fault(pdfs.pdf(cut)) is Fault.DAMAGED

    def test_a_stream_that_does_not_unpack(self):
        wrong = pdfs.stream(b"no zlib", b"/Filter /FlateDecode", packed=False)

        assert fault(pdfs.pdf(wrong)) is Fault.DAMAGED

    def test_a_file_with_a_password(self):
        assert fault(pdfs.pdf(b"<< /Encrypt 4 0 R >>")) is Fault.ENCRYPTED

    @pytest.mark.parametrize(
        "said",
        [b"/S /JavaScript", b"/J#53 (x)", b"/EmbeddedFiles 3 0 R", b"/Launch", b"/XFA"],
    )
    def test_scripts_and_attachments(self, said):
        assert fault(pdfs.pdf(b"<< %b >>" % said)) is Fault.ACTIVE
        inner = pdfs.stream(b"<< %b >>" % said.replace(b"#53", b"S"))
        assert fault(pdfs.pdf(inner)) is Fault.ACTIVE

    @pytest.mark.parametrize(
        "head",
        [
            b"/Filter /LZWDecode",
            b"/Filter 5 0 R",
            b"/Filter [" + b"/FlateDecode " * 5 + b"]",
            b"/Filter /FlateDecode /DecodeParms << /Predictor 12 >>",
        ],
    )
    def test_packings_that_are_not_understood(self, head):
        body = pdfs.stream(b"", packed=True).partition(b"stream\n")[2]
        content = body.removesuffix(b"\nendstream")
        packed = pdfs.stream(content, head, packed=False)

        assert fault(pdfs.pdf(packed)) is Fault.UNREADABLE

    def test_glyphs_that_no_table_explains(self):
        font = b"<< /Type /Font /Subtype /Type0 /Encoding /Identity-H >>"

        assert fault(pdfs.pdf(font)) is Fault.UNREADABLE
        assert list(pdf.texts(pdfs.pdf(font.replace(b">>", b"/ToUnicode 2 0 R >>"))))

    def test_more_text_than_is_read(self, monkeypatch):
        monkeypatch.setattr(pdf, "MOST_TEXT_BYTES", 1000)

        assert fault(pdfs.pdf(pdfs.stream(b" " * 10_000))) is Fault.TOO_LARGE

    def test_text_that_only_unpacks_halfway(self, monkeypatch):
        monkeypatch.setattr(pdf, "MOST_TEXT_BYTES", 1000)
        twice = b"/Filter [/FlateDecode /ASCIIHexDecode]"
        inner = pdfs.stream(zlib.compress(b">" * 600), twice, packed=False)

        assert fault(pdfs.pdf(inner, inner)) is Fault.TOO_LARGE

    def test_more_readings_than_are_tried(self, monkeypatch):
        monkeypatch.setattr(pdf, "MOST_READ_BYTES", 100)

        assert fault(pdfs.pdf(pdfs.page(b"(1) Tj" * 20))) is Fault.TOO_LARGE

    def test_a_table_that_maps_everything_again_and_again(self):
        mapped = b"<0000> <FFFF> <0000>\n" * 10
        table = pdfs.stream(b"beginbfrange " + mapped + b" endbfrange")

        assert fault(pdfs.pdf(table)) is Fault.UNREADABLE
