"""The keys that sign checkpoints.

The first one lies in `KEYS_DIR/ledger.key` (PKCS #8 PEM, readable by this user alone)
or comes from `XINHENG_SIGNING_KEY` or the file that `XINHENG_SIGNING_KEY_FILE` names;
those that follow it lie beside it as `ledger-KEYID.key`. The head of the ledger names
the key that signs: no other is ever taken in its place. A key is made by itself only
for a ledger that is still empty: a ledger with entries has a key somewhere, and a new
one would make every earlier signature look forged.
"""

from __future__ import annotations

import os
import secrets
import stat
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from xinheng.apps.ledger import suites
from xinheng.core.merkle import checkpoint
from xinheng.core.merkle.checkpoint import (
    Checkpoint,
    MalformedNoteError,
    Note,
    PublicKey,
    Signature,
    Suite,
)

FILE_NAME = "ledger.key"


class SigningKeyError(RuntimeError):
    """The signing key can't be used; the message names the remedy in both languages."""

    def __init__(self, message_zh: str, message_en: str) -> None:
        super().__init__(f"{message_zh} {message_en}")
        self.message_zh = message_zh
        self.message_en = message_en


class SigningKey:
    """A private key under the ledger's name."""

    def __init__(self, name: str, private: suites.PrivateKey) -> None:
        self._private = private
        self.public = PublicKey(name, private.public, private.suite)

    def signature(self, body: str) -> Signature:
        """Return the signature line's content for a checkpoint's text."""
        made = self._private.sign(body.encode())
        return Signature(self.public.name, self.public.key_id, made)

    def sign(self, checkpoint: Checkpoint) -> str:
        """Return the signed checkpoint, the same text every time."""
        return sign_all([self], checkpoint)


def sign_all(signers: list[SigningKey], says: Checkpoint) -> str:
    """Return the checkpoint signed by each, the one that goes on signing last."""
    body = says.body()
    return Note(body, tuple(signer.signature(body) for signer in signers)).text()


def load(head_note: str = "") -> SigningKey:
    """Return the key that signs this ledger: the one whose signature its head bears.

    Raises:
        SigningKeyError: where it is not here or can't be read.
    """
    return load_one(signer_of(head_note))


def load_one(wanted: bytes | None) -> SigningKey:
    """Return the key with this id, or the first one; raises as `load` does."""
    named = _path(wanted)
    key = _read(named) if wanted and named.exists() else _primary()
    if wanted in (None, key.public.key_id):
        return key
    raise SigningKeyError(
        f"当前签名密钥（编号 {wanted.hex()}）不在本机，请从备份恢复；确已遗失时"
        "请运行：xinheng ledger key lost",
        f"The key that signs (id {wanted.hex()}) is not here: restore it from the"
        " backup, or run xinheng ledger key lost if there is none.",
    )


def load_or_create() -> SigningKey:
    """Return the key, making one where there is none yet: for an empty ledger only.

    Raises:
        SigningKeyError: where it can't be read or made.
    """
    if not settings.SIGNING_KEY and not _path().exists():
        _write(_path(), suites.generate(Suite.ED25519).pem())
    return _primary()


def create(suite: Suite) -> tuple[SigningKey, Path]:
    """Make and store a key that signs nothing yet; return it and where it lies.

    Raises:
        SigningKeyError: where it can't be written.
    """
    private = suites.generate(suite)
    key = SigningKey(settings.LEDGER_ORIGIN, private)
    path = _path(key.public.key_id)
    _write(path, private.pem())
    return key, path


def signer_of(note: str) -> bytes | None:
    """Return the id of the key that goes on signing after this head; null for none."""
    try:
        lines = checkpoint.parse(note).signatures
    except MalformedNoteError:
        return None
    return lines[-1].key_id


def is_signed_by(note: Note, key: PublicKey) -> bool:
    """Return whether the note carries this key's signature and all of its are right."""
    mine = [
        each
        for each in note.signatures
        if (each.name, each.key_id) == (key.name, key.key_id)
    ]
    message = note.body.encode()
    return bool(mine) and all(
        suites.verify(key, message, each.signature) for each in mine
    )


def _primary() -> SigningKey:
    if settings.SIGNING_KEY:
        # Files of environment variables can't hold line ends other than as \\n.
        pem = settings.SIGNING_KEY.replace("\\n", "\n").encode()
        return _parse(pem, "XINHENG_SIGNING_KEY")
    return _read(_path())


def _read(path: Path) -> SigningKey:
    try:
        _require_private(path)
        return _parse(path.read_bytes(), str(path))
    except OSError as error:
        raise SigningKeyError(
            f"签名密钥“{path}”无法读取（{error.strerror}），请从备份恢复。",
            f"The signing key {path} can't be read ({error.strerror}): restore it from"
            " the backup.",
        ) from error


def _path(key_id: bytes | None = None) -> Path:
    """Return where a key lies: the first one, or a later one by its id."""
    name = FILE_NAME if key_id is None else f"ledger-{key_id.hex()}.key"
    return Path(settings.KEYS_DIR) / name


def _parse(pem: bytes, source: str) -> SigningKey:
    try:
        return SigningKey(settings.LEDGER_ORIGIN, _parsed(pem))
    except suites.UnusableKeyError:
        raise SigningKeyError(
            f"“{source}”不是无口令的 Ed25519 或 SM2 私钥（PEM），请从备份恢复。",
            f"{source} is no Ed25519 private key in PEM without a password, nor one of"
            " SM2: restore it from the backup.",
        ) from None


@lru_cache(maxsize=4)
def _parsed(pem: bytes) -> suites.PrivateKey:
    """Read a key once: its file is read, and its rights are asked for, every time."""
    return suites.parse(pem)


def _require_private(path: Path) -> None:
    if os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SigningKeyError(
            f"签名密钥“{path}”可被其他用户读取，请运行：chmod 600 {path}",
            f"Other users can read the signing key {path}: run chmod 600 {path}",
        )


def _write(path: Path, pem: bytes) -> None:
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
