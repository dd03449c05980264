"""Public keys as text: each suite has its own type, and no key passes for another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.merkle.public_keys import PublicKey, Suite, parse_public_key
from xinheng.core.merkle.spelling import MalformedNoteError


class TestParsePublicKey:
    @pytest.mark.parametrize("suite", Suite)
    def test_reads_back_every_suite(self, suite):
        key = PublicKey("example.com/log", bytes(range(suite.key_bytes)), suite)

        assert parse_public_key(key.text()) == key

    def test_takes_no_key_for_one_of_another_suite(self):
        log = PublicKey("example.com/log", bytes(32))
        witness = PublicKey("example.com/log", bytes(32), Suite.COSIGNATURE)

        assert log.key_id != witness.key_id
        assert parse_public_key(witness.text()).suite is Suite.COSIGNATURE

    def test_names_the_key_of_the_printed_cosignature(self):
        # C2SP tlog-cosignature: the id of a witness's key is made with 0x04.
        key = PublicKey("witness.example.com/w1", bytes(32), Suite.COSIGNATURE)

        assert key.text().split("+")[2].startswith("BA")

    @given(st.text(max_size=60))
    def test_refuses_anything_else(self, text):
        with pytest.raises(MalformedNoteError):
            parse_public_key(text)

    @pytest.mark.parametrize("length", [0, 1, 31, 33, 64, 66])
    def test_refuses_another_length(self, length):
        key = PublicKey("example.com/log", bytes(length), Suite.SM2)

        with pytest.raises(MalformedNoteError):
            parse_public_key(key.text())
