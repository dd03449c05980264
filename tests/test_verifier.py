"""The outsider's verifier, held against the house's own code and known vectors."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path

import gmalg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng import verifier
from xinheng.core.merkle import canonical, subtrees, tree

FILE = Path(verifier.__file__)

# RFC 8032, 7.1, tests 1 to 3: secret key, message.
VECTORS = [
    ("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", ""),
    ("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "72"),
    ("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "af82"),
]

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


class TestFile:
    def test_needs_nothing_but_python(self):
        names = {
            (node.module or "") if isinstance(node, ast.ImportFrom) else alias.name
            for node in ast.walk(ast.parse(FILE.read_text()))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }

        assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names


class TestIsSignature:
    @pytest.mark.parametrize(("secret", "message"), VECTORS)
    def test_takes_those_of_the_rfc(self, secret, message):
        key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret))
        signature = key.sign(bytes.fromhex(message))
        public = key.public_key().public_bytes_raw()

        assert verifier.is_signature(public, bytes.fromhex(message), signature)

    @given(st.binary(min_size=32, max_size=32), st.binary(), st.integers(0, 511))
    def test_refuses_any_other_bit(self, secret, message, bit):
        key = Ed25519PrivateKey.from_private_bytes(secret)
        signature, public = key.sign(message), key.public_key().public_bytes_raw()
        flipped = bytearray(signature)
        flipped[bit // 8] ^= 1 << bit % 8

        assert verifier.is_signature(public, message, signature)
        assert not verifier.is_signature(public, message, bytes(flipped))
        assert not verifier.is_signature(public, message + b"\x00", signature)

    def test_refuses_a_scalar_that_was_made_larger(self):
        key = Ed25519PrivateKey.from_private_bytes(bytes(32))
        signature, public = key.sign(b""), key.public_key().public_bytes_raw()
        scalar = int.from_bytes(signature[32:], "little") + verifier.L

        larger = signature[:32] + scalar.to_bytes(32, "little")

        assert not verifier.is_signature(public, b"", larger)

    @pytest.mark.parametrize("key", [b"", bytes(31), b"\xff" * 32, b"\x02" + bytes(31)])
    def test_refuses_what_is_no_key(self, key):
        assert not verifier.is_signature(key, b"", bytes(64))


class TestCanonical:
    @given(JSON)
    def test_writes_what_the_house_writes(self, value):
        try:
            expected = canonical.text(value)
        except ValueError:
            with pytest.raises(UnicodeEncodeError):
                verifier.canonical(value).encode()
        else:
            assert verifier.canonical(value) == expected


class TestTree:
    @given(st.integers(1, 70), st.data())
    def test_has_the_roots_and_the_proofs_of_the_house(self, size, data):
        leaves = [verifier.leaf(str(number).encode()) for number in range(size)]
        index = data.draw(st.integers(0, size - 1))
        rows = verifier.levels(leaves)
        proof = tree.inclusion_proof(leaves, index)

        assert [verifier.root_at(rows, end) for end in range(size + 1)] == [
            tree.root(leaves[:end]) for end in range(size + 1)
        ]
        assert verifier.climb(leaves[index], index, size, proof) == tree.root(leaves)
        assert (
            verifier.climb(leaves[index], index, size, proof[:-1]) != tree.root(leaves)
            or not proof
        )

    def test_keeps_the_complete_subtrees_only(self):
        leaves = [verifier.leaf(bytes([number])) for number in range(7)]

        counts = [len(row) for row in verifier.levels(leaves)]

        assert counts == [
            len([n for n in range(7) if (n + 1) << level <= 7]) for level in range(3)
        ]
        assert subtrees.cover(subtrees.Span(0, 7))[0].level == 2


class TestStrictJson:
    def test_refuses_a_name_that_stands_twice(self):
        with pytest.raises(ValueError, match="twice"):
            verifier.strict_json(b'{"a": {"b": 1, "b": 2}}')

    @given(JSON)
    def test_reads_everything_else(self, value):
        assert verifier.strict_json(json.dumps(value).encode()) == value


class TestMain:
    @pytest.mark.parametrize(
        "call",
        [
            ["receipt", "absent.json", "--key", "absent.key"],
            ["receipt", "absent.json", "--key", "a+b+c"],
            ["tiles", "absent", "--key", "name+00000000+AAAA"],
        ],
    )
    def test_leaves_with_two_where_the_call_is_wrong(self, call, capsys):
        assert verifier.main(call) == 2
        assert capsys.readouterr().out == ""


class TestSm3:
    # GB/T 32905, annex A.
    @pytest.mark.parametrize(
        ("message", "digest"),
        [
            (
                b"abc",
                "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
            ),
            (
                b"abcd" * 16,
                "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732",
            ),
        ],
    )
    def test_gives_the_published_digests(self, message, digest):
        assert verifier.sm3(message).hex() == digest

    @given(st.binary(max_size=200))
    def test_gives_what_another_implementation_gives(self, message):
        other = gmalg.SM3()
        other.update(message)

        assert verifier.sm3(message) == other.value()


class TestIsSm2Signature:
    # GM/T 0003.5-2012, annex A, as in tests/apps/ledger/test_suites.py.
    KEY = bytes.fromhex(
        "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
        "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
    )
    SIGNATURE = bytes.fromhex(
        "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
        "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
    )

    def test_takes_the_published_one(self):
        assert verifier.is_sm2_signature(self.KEY, b"message digest", self.SIGNATURE)

    @settings(max_examples=40)
    @given(st.integers(0, 511))
    def test_refuses_any_other_bit(self, bit):
        flipped = bytearray(self.SIGNATURE)
        flipped[bit // 8] ^= 1 << bit % 8

        assert not verifier.is_sm2_signature(
            self.KEY, b"message digest", bytes(flipped)
        )
        assert not verifier.is_sm2_signature(self.KEY, b"another", self.SIGNATURE)

    @pytest.mark.parametrize("key", [b"", bytes(65), b"\x04" + bytes(64), b"\xff" * 65])
    def test_refuses_what_is_no_key(self, key):
        assert not verifier.is_sm2_signature(key, b"", b"\x01" * 64)

    def test_refuses_a_number_that_was_made_larger(self):
        s = int.from_bytes(self.SIGNATURE[32:], "big")
        larger = self.SIGNATURE[:32] + ((s + verifier.M) % 2**256).to_bytes(32, "big")

        assert not verifier.is_sm2_signature(self.KEY, b"message digest", larger)
