"""The key that signs checkpoints.

It lies in `KEYS_DIR/ledger.key` (PKCS #8 PEM, readable by this user alone) or comes
from `XINHENG_SIGNING_KEY` or the file that `XINHENG_SIGNING_KEY_FILE` names. A key is
made only for a ledger that is still empty: a ledger with entries has a key somewhere,
and a new one would make every earlier signature look forged.
"""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings

from xinheng.core.merkle.checkpoint import Checkpoint, Note, PublicKey, Signature

FILE_NAME = "ledger.key"


class SigningKeyError(RuntimeError):
    """The signing key can't be used; the message names the remedy in both languages."""

    def __init__(self, message_zh: str, message_en: str) -> None:
        super().__init__(f"{message_zh} {message_en}")
        self.message_zh = message_zh
        self.message_en = message_en


class SigningKey:
    """The ledger's private key under the ledger's name."""

    def __init__(self, name: str, private: Ed25519PrivateKey) -> None:
        self._private = private
        raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.public = PublicKey(name, raw)

    def sign(self, checkpoint: Checkpoint) -> str:
        """Return the signed checkpoint; Ed25519 gives the same text every time."""
        body = checkpoint.body()
        signature = Signature(
            self.public.name, self.public.key_id, self._private.sign(body.encode())
        )
        return Note(body, (signature,)).text()


def load() -> SigningKey:
    """Return the key that signs this ledger.

    Raises:
        SigningKeyError: where there is none or it can't be read.
    """
    if settings.SIGNING_KEY:
        # Files of environment variables can't hold line ends other than as \\n.
        pem = settings.SIGNING_KEY.replace("\\n", "\n").encode()
        return _parse(pem, "XINHENG_SIGNING_KEY")
    path = _path()
    try:
        _require_private(path)
        return _parse(path.read_bytes(), str(path))
    except OSError as error:
        raise SigningKeyError(
            f"签名密钥“{path}”无法读取（{error.strerror}），请从备份恢复。",
            f"The signing key {path} can't be read ({error.strerror}): restore it from"
            " the backup.",
        ) from error


def load_or_create() -> SigningKey:
    """Return the key, making one where there is none yet: for an empty ledger only.

    Raises:
        SigningKeyError: where it can't be read or made.
    """
    if not settings.SIGNING_KEY and not _path().exists():
        _create(_path())
    return load()


def is_signed_by(note: Note, key: PublicKey) -> bool:
    """Return whether the note carries this key's signature and all of its are right."""
    mine = [
        each
        for each in note.signatures
        if (each.name, each.key_id) == (key.name, key.key_id)
    ]
    return bool(mine) and all(_verifies(note.body, each, key) for each in mine)


def _verifies(body: str, signature: Signature, key: PublicKey) -> bool:
    try:
        public = Ed25519PublicKey.from_public_bytes(key.key)
        public.verify(signature.signature, body.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def _path() -> Path:
    return Path(settings.KEYS_DIR) / FILE_NAME


def _parse(pem: bytes, source: str) -> SigningKey:
    try:
        private = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        private = None
    if not isinstance(private, Ed25519PrivateKey):
        raise SigningKeyError(
            f"“{source}”不是无口令的 Ed25519 私钥（PEM），请从备份恢复。",
            f"{source} is no Ed25519 private key in PEM without a password: restore it"
            " from the backup.",
        )
    return SigningKey(settings.LEDGER_ORIGIN, private)


def _require_private(path: Path) -> None:
    if os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SigningKeyError(
            f"签名密钥“{path}”可被其他用户读取，请运行：chmod 600 {path}",
            f"Other users can read the signing key {path}: run chmod 600 {path}",
        )


def _create(path: Path) -> None:
    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _publish(pem, path)
    except OSError as error:
        raise SigningKeyError(
            f"无法写入签名密钥“{path}”（{error.strerror}），请检查目录权限。",
            f"The signing key {path} can't be written ({error.strerror}): check the"
            " directory's permissions.",
        ) from error


def _publish(pem: bytes, path: Path) -> None:
    """Write the key whole or not at all; of two makers, the first one's key stays."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        # A link refuses to replace an existing name, which a rename would.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
