"""Signature suites, held against published vectors and another implementation."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.apps.ledger import suites
from xinheng.core.merkle.public_keys import PublicKey, Suite

# GM/T 0003.5-2012, annex A (the example of GB/T 32918.2 on the recommended curve), with
# the user id 1234567812345678 and the message "message digest".
SCALAR = "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8"
POINT = (
    "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
NONCE = 0x59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21
SIGNATURE = (
    "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
)
# RFC 8032, 7.1, test 3.
ED25519 = "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7"
ED25519_SIGNATURE = (
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
    "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
)
BOTH = pytest.mark.parametrize("suite", [Suite.ED25519, Suite.SM2])


def public(private, suite=None):
    return PublicKey("example.com/log", private.public, suite or private.suite)


class TestVectors:
    def test_sm2_gives_the_published_key_and_signature(self):
        key = suites.Sm2Key(bytes.fromhex(SCALAR))

        made = key.sign_with(b"message digest", iter([NONCE]))

        assert key.public.hex().upper() == POINT
        assert made.hex().upper() == SIGNATURE

    def test_sm2_takes_the_published_signature(self):
        key = PublicKey("example.com/log", bytes.fromhex(POINT), Suite.SM2)

        assert suites.verify(key, b"message digest", bytes.fromhex(SIGNATURE))
        assert not suites.verify(key, b"message digesu", bytes.fromhex(SIGNATURE))

    def test_ed25519_gives_the_published_signature(self):
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(ED25519))

        made = suites.Ed25519Key(private).sign(bytes.fromhex("af82"))

        assert made.hex() == ED25519_SIGNATURE


@BOTH
class TestEverySuite:
    def test_reads_back_the_key_it_keeps(self, suite):
        key = suites.generate(suite)

        read = suites.parse(key.pem())

        assert (read.suite, read.public, read.pem()) == (suite, key.public, key.pem())

    def test_signs_the_same_text_the_same_way(self, suite):
        key = suites.generate(suite)

        assert key.sign(b"text") == key.sign(b"text") != key.sign(b"texu")

    @settings(max_examples=20)
    @given(st.binary(max_size=80), st.integers(0, 511))
    def test_refuses_any_other_bit(self, suite, message, bit):
        key = suites.generate(suite)
        made = bytearray(key.sign(message))

        assert suites.verify(public(key), message, bytes(made))
        made[bit // 8] ^= 1 << bit % 8
        assert not suites.verify(public(key), message, bytes(made))

    @pytest.mark.parametrize(
        "raw", [b"", b"\x02" + bytes(31), b"\x04" + bytes(64), b"\xff" * 65]
    )
    def test_takes_anything_for_a_key_and_verifies_nothing(self, suite, raw):
        key = PublicKey("example.com/log", raw, suite)

        assert not suites.verify(key, b"text", bytes(64))
        assert not suites.verify(key, b"text", b"\x01" * 64)


class TestSm2Key:
    @pytest.mark.parametrize("scalar", [0, suites.SM2_ORDER - 1, 2**256 - 1])
    def test_refuses_a_scalar_out_of_bounds(self, scalar):
        with pytest.raises(suites.UnusableKeyError):
            suites.Sm2Key(scalar.to_bytes(32, "big"))

    @pytest.mark.skipif(shutil.which("openssl") is None, reason="no OpenSSL here")
    def test_reads_what_openssl_makes_and_openssl_takes_its_signature(self, tmp_path):
        def openssl(*words):
            return subprocess.run(
                ["openssl", *words], cwd=tmp_path, capture_output=True, text=True
            )

        made = openssl("genpkey", "-algorithm", "SM2", "-out", "key.pem")
        if made.returncode:
            pytest.skip("this OpenSSL has no SM2")
        key = suites.parse((tmp_path / "key.pem").read_bytes())
        (tmp_path / "message").write_bytes(b"text")
        (tmp_path / "signature").write_bytes(as_der(key.sign(b"text")))

        asked = openssl(
            *("pkeyutl", "-verify", "-inkey", "key.pem", "-in", "message"),
            *("-sigfile", "signature", "-rawin", "-digest", "sm3"),
            *("-pkeyopt", "distid:1234567812345678"),
        )

        assert asked.returncode == 0, asked.stderr + asked.stdout


def as_der(signature: bytes) -> bytes:
    parts = b""
    for half in (signature[:32], signature[32:]):
        number = int.from_bytes(half, "big")
        raw = number.to_bytes(number.bit_length() // 8 + 1, "big")
        parts += bytes([2, len(raw)]) + raw
    return bytes([0x30, len(parts)]) + parts
