"""Checkpoints, held against the texts that the specifications print."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.merkle.checkpoint import (
    Checkpoint,
    MalformedNoteError,
    Note,
    PublicKey,
    Signature,
    is_key_name,
    parse,
    parse_public_key,
)

# Printed in C2SP tlog-checkpoint.
PRINTED = (
    "example.com/behind-the-sofa\n"
    "20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    "\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URY"
    "N7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)
BODY, SIGNATURE = PRINTED.split("\n\n")

ROOTS = st.binary(min_size=32, max_size=32)


class TestParse:
    def test_reads_the_printed_checkpoint(self):
        note = parse(PRINTED)

        says = note.checkpoint()

        assert says.origin == "example.com/behind-the-sofa"
        assert says.size == 20852163
        assert says.root.hex().startswith("0ac5186a")
        assert note.signatures[0].key_id.hex() == "033de0ae"
        assert len(note.signatures[0].signature) == 64
        assert note.text() == PRINTED

    @given(st.integers(0, 2**60), ROOTS, st.binary(min_size=64, max_size=64))
    def test_reads_back_what_was_written(self, size, root, signature):
        says = Checkpoint("example.com/log", size, root)
        key = PublicKey("example.com/log", root)
        note = Note(says.body(), (Signature(key.name, key.key_id, signature),))

        read = parse(note.text())

        assert read == note
        assert read.checkpoint() == says

    def test_keeps_signatures_of_others_and_extension_lines(self):
        body = BODY + "\nextension\n"
        other = "— witness.example/w Az3grlgtzPI=\n"

        note = parse(f"{body}\n{SIGNATURE}{other}")

        assert note.checkpoint().size == 20852163
        assert [each.name for each in note.signatures] == [
            "example.com/behind-the-sofa",
            "witness.example/w",
        ]

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "\n\n",
            BODY,
            BODY + "\n\n",
            f"\n\n{SIGNATURE}",
            f"{BODY}\n\n{SIGNATURE[:-1]}",
            f"{BODY}\r\n\n{SIGNATURE}",
            f"{BODY}\n\n-- {SIGNATURE[2:]}",
            f"{BODY}\n\n— a+b {SIGNATURE.split()[-1]}\n",
            f"{BODY}\n\n— name Az3grg==\n",
            f"{BODY}\n\n— name Az3grlgtzPJ=\n",
            f"{BODY}\n\n— name not-base64\n",
            f"{BODY}\n\n" + SIGNATURE * 101,
        ],
    )
    def test_refuses_what_is_no_signed_note(self, text):
        with pytest.raises(MalformedNoteError):
            parse(text)

    @given(st.text())
    def test_any_text_is_read_or_refused(self, text):
        try:
            note = parse(text)
        except MalformedNoteError:
            return

        assert note.text() == text


class TestNoteCheckpoint:
    @pytest.mark.parametrize(
        ("line", "text"),
        [
            (0, ""),
            (0, "two words"),
            (0, "plus+sign"),
            (1, "007"),
            (1, "-1"),
            (1, "٧"),
            (1, "1e3"),
            (1, ""),
            (2, "AAAA"),
            (2, "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J="),
            (2, ""),
        ],
    )
    def test_refuses_a_body_that_is_no_checkpoint(self, line, text):
        lines = BODY.split("\n")
        lines[line] = text
        note = Note("\n".join(lines) + "\n", ())

        with pytest.raises(MalformedNoteError):
            note.checkpoint()

    def test_refuses_an_empty_extension_line(self):
        note = Note(BODY + "\n\nextension\n", ())

        with pytest.raises(MalformedNoteError):
            note.checkpoint()

    def test_refuses_to_write_an_origin_that_can_not_be_read_back(self):
        with pytest.raises(ValueError, match="origin"):
            Checkpoint("two words", 1, bytes(32)).body()


class TestPublicKey:
    # The key of the Go checksum database, as every Go installation carries it.
    GO = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"

    def test_reads_a_key_that_is_in_use(self):
        key = parse_public_key(self.GO)

        assert key.name == "sum.golang.org"
        assert key.key_id.hex() == "033de0ae"
        assert key.text() == self.GO

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "name",
            "name+033de0ae",
            GO.replace("033de0ae", "033de0af"),
            GO.replace("sum.golang.org", ""),
            GO[:-4],
            GO.replace("+Ac4z", "+Bc4z"),
        ],
    )
    def test_refuses_a_key_that_is_damaged(self, text):
        with pytest.raises(MalformedNoteError):
            parse_public_key(text)


class TestIsKeyName:
    @pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u3000b", "a\tb", "a\x00"])
    def test_refuses_names_that_a_note_can_not_carry(self, name):
        assert not is_key_name(name)

    def test_takes_a_name_in_any_script(self):
        assert is_key_name("示例市.example/ledger")
