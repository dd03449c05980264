"""Signature suites behind one interface: Ed25519 and SM2 with SM3.

A private key is kept as PKCS #8 PEM without a password. SM2 keys have the one layout
that OpenSSL writes; their signatures are deterministic, as Ed25519's are, so that the
same checkpoint has the same text however often it is signed.

Source: RFC 8032; GB/T 32918.2 (SM2), GB/T 32905 (SM3), GM/T 0009 (user id); RFC 6979,
3.2, for the number that SM2 wants at random; RFC 5958 and RFC 5915 for the key's file.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from hashlib import sha256
from textwrap import wrap
from typing import Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from gmalg import SM2
from gmalg.errors import GMError

from xinheng.core.merkle import cosignatures
from xinheng.core.merkle.public_keys import PublicKey, Suite
from xinheng.core.merkle.spelling import MalformedNoteError

USER_ID = b"1234567812345678"
SM2_ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
SCALAR_BYTES = 32
_PEM_BEGIN, _PEM_END = "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----"
# PKCS #8 of an SM2 key: all but the scalar and the point is the same in every key.
_SM2_BEFORE = bytes.fromhex(
    "308187020100301306072a8648ce3d020106082a811ccf5501822d046d306b0201010420"
)
_SM2_BETWEEN = bytes.fromhex("a144034200")


class UnusableKeyError(ValueError):
    """The text is no private key of a suite that is known here."""


class PrivateKey(Protocol):
    """A private key of either suite."""

    @property
    def suite(self) -> Suite:
        """How it signs."""

    @property
    def public(self) -> bytes:
        """The public key's bytes."""

    def sign(self, message: bytes) -> bytes:
        """Return the signature, the same one every time."""

    def pem(self) -> bytes:
        """Return the key as it is kept."""


class Ed25519Key:
    """A private key after RFC 8032."""

    suite = Suite.ED25519

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public = private.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """Return the signature, 64 bytes."""
        return self._private.sign(message)

    def pem(self) -> bytes:
        """Return the key as it is kept."""
        return self._private.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )


class Sm2Key:
    """A private key after GB/T 32918; `public` is 0x04, x and y."""

    suite = Suite.SM2

    def __init__(self, scalar: bytes) -> None:
        """Take the scalar, 32 bytes.

        Raises:
            UnusableKeyError: where it is not between 1 and the order less 2.
        """
        if not 0 < int.from_bytes(scalar, "big") < SM2_ORDER - 1:
            raise UnusableKeyError
        self._scalar = scalar
        self.public = bytes(SM2().generate_pk(scalar))

    def sign(self, message: bytes) -> bytes:
        """Return r and s, 64 bytes."""
        return self.sign_with(message, _nonces(self._scalar, message))

    def sign_with(self, message: bytes, nonces: Iterator[int]) -> bytes:
        """Return the signature for numbers that must never be used twice."""
        draw: Callable[[int], int] = lambda bits: next(nonces)  # noqa: ARG005, E731
        signer = SM2(self._scalar, USER_ID, self.public, rnd_fn=draw)
        parts = signer.sign(message)
        return b"".join(bytes(part).rjust(SCALAR_BYTES, b"\x00") for part in parts)

    def pem(self) -> bytes:
        """Return the key as it is kept."""
        der = _SM2_BEFORE + self._scalar + _SM2_BETWEEN + self.public
        lines = wrap(b64encode(der).decode(), 64)
        return "\n".join([_PEM_BEGIN, *lines, _PEM_END, ""]).encode()


def generate(suite: Suite) -> PrivateKey:
    """Return a new key."""
    if suite is Suite.SM2:
        scalar = 1 + secrets.randbelow(SM2_ORDER - 2)
        return Sm2Key(scalar.to_bytes(SCALAR_BYTES, "big"))
    return Ed25519Key(Ed25519PrivateKey.generate())


def parse(pem: bytes) -> PrivateKey:
    """Read a private key of either suite.

    Raises:
        UnusableKeyError: where it is none, or under a password.
    """
    scalar = _sm2_scalar(pem)
    if scalar is not None:
        return Sm2Key(scalar)
    try:
        private = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        private = None
    if not isinstance(private, Ed25519PrivateKey):
        raise UnusableKeyError
    return Ed25519Key(private)


def verify(key: PublicKey, message: bytes, signature: bytes) -> bool:
    """Return whether a key made a signature; never raises."""
    if key.suite is Suite.SM2:
        return _verify_sm2(key.key, message, signature)
    try:
        Ed25519PublicKey.from_public_bytes(key.key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def cosign(private: PrivateKey, body: str, *, seconds: int) -> bytes:
    """Return a witness's cosignature on a checkpoint's text, with its time."""
    statement = cosignatures.statement(body, seconds=seconds)
    return cosignatures.pack(seconds, private.sign(statement))


def find_cosigned_at(key: PublicKey, body: str, signature: bytes) -> int | None:
    """Return when a witness cosigned a text, in seconds; null where it did not."""
    try:
        seconds, made = cosignatures.unpack(signature)
    except MalformedNoteError:
        return None
    statement = cosignatures.statement(body, seconds=seconds)
    is_right = key.suite is Suite.COSIGNATURE and verify(key, statement, made)
    return seconds if is_right else None


def _verify_sm2(key: bytes, message: bytes, signature: bytes) -> bool:
    if len(signature) != Suite.SM2.signature_bytes or key[:1] != b"\x04":
        return False
    r, s = signature[:SCALAR_BYTES], signature[SCALAR_BYTES:]
    try:
        verifier = SM2(uid=USER_ID, pk=key)
        # The library takes any two numbers for a point unless it is asked.
        return bool(verifier.verify_pk(key) and verifier.verify(message, r, s))
    except (GMError, TypeError, ValueError, ArithmeticError):
        return False


def _sm2_scalar(pem: bytes) -> bytes | None:
    """Return the scalar of a key in the one layout of an SM2 key, else null."""
    begin, *lines = pem.decode("ascii", "replace").split() or [""]
    text = " ".join([begin, *lines]).removeprefix(_PEM_BEGIN).removesuffix(_PEM_END)
    try:
        der = b64decode("".join(text.split()), validate=True)
    except ValueError:
        return None
    end = len(_SM2_BEFORE) + SCALAR_BYTES
    fits = len(der) == end + len(_SM2_BETWEEN) + Suite.SM2.key_bytes
    return der[len(_SM2_BEFORE) : end] if fits and der.startswith(_SM2_BEFORE) else None


def _nonces(scalar: bytes, message: bytes) -> Iterator[int]:
    """Yield numbers that only the key's holder can tell (RFC 6979, 3.2)."""
    digest = sha256(message).digest()
    key, value = bytes(32), b"\x01" * 32
    for mark in (b"\x00", b"\x01"):
        key = _hmac(key, value + mark + scalar + digest)
        value = _hmac(key, value)
    while True:
        value = _hmac(key, value)
        yield int.from_bytes(value, "big")
        key = _hmac(key, value + b"\x00")
        value = _hmac(key, value)


def _hmac(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, sha256).digest()
