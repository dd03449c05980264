"""The signing key: made once, private, and never replaced in silence."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from xinheng.apps.ledger import keys
from xinheng.apps.ledger.keys import SigningKeyError
from xinheng.core.merkle import checkpoint
from xinheng.core.merkle.checkpoint import Checkpoint

ORIGIN = "xinheng.local/ledger"
SAYS = Checkpoint(ORIGIN, 3, bytes(32))


def pem(private, encryption=None):
    return private.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption()
    )


class TestLoadOrCreate:
    def test_makes_a_key_that_only_this_user_reads(self, keys_dir):
        keys.load_or_create()

        path = keys_dir / "ledger.key"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert os.listdir(keys_dir) == ["ledger.key"]

    def test_keeps_the_key_that_is_there(self):
        first, second = keys.load_or_create(), keys.load_or_create()

        assert first.public == second.public == keys.load().public

    def test_of_many_makers_at_once_all_get_one_key(self):
        with ThreadPoolExecutor(8) as pool:
            made = pool.map(lambda _: keys.load_or_create().public.text(), range(16))

        assert len(set(made)) == 1

    def test_says_where_it_could_not_write(self, keys_dir):
        keys_dir.write_text("a file in the directory's place")

        with pytest.raises(SigningKeyError, match=r"can't be (written|read)"):
            keys.load_or_create()

    def test_makes_none_where_one_is_given(self, settings, keys_dir):
        settings.SIGNING_KEY = pem(Ed25519PrivateKey.generate()).decode()

        keys.load_or_create()

        assert not keys_dir.exists()


class TestLoad:
    @pytest.mark.parametrize("line_end", ["\n", "\\n", "\r\n"])
    def test_takes_the_key_from_the_settings(self, settings, line_end):
        private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
        settings.SIGNING_KEY = pem(private).decode().replace("\n", line_end)

        public = keys.load().public

        assert public.name == ORIGIN
        assert public.key == private.public_key().public_bytes_raw()

    def test_says_what_to_do_where_there_is_none(self):
        with pytest.raises(SigningKeyError) as caught:
            keys.load()

        assert "从备份恢复" in caught.value.message_zh
        assert "restore it from the backup" in caught.value.message_en

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"no key at all",
            pem(X25519PrivateKey.generate()),
            pem(Ed25519PrivateKey.generate(), BestAvailableEncryption(b"word")),
        ],
        ids=["empty", "text", "other-algorithm", "password"],
    )
    def test_refuses_what_is_no_key_of_ours(self, keys_dir, content):
        keys_dir.mkdir()
        path = keys_dir / "ledger.key"
        path.write_bytes(content)
        path.chmod(0o600)

        with pytest.raises(SigningKeyError, match="no Ed25519 private key"):
            keys.load()

    def test_refuses_a_key_that_others_can_read(self, keys_dir):
        keys.load_or_create()
        (keys_dir / "ledger.key").chmod(0o640)

        with pytest.raises(SigningKeyError, match="chmod 600"):
            keys.load()

    def test_never_shows_the_key(self, settings):
        settings.SIGNING_KEY = "SECRET-TEXT"

        with pytest.raises(SigningKeyError) as caught:
            keys.load()

        assert "SECRET-TEXT" not in str(caught.value)


class TestSign:
    def test_gives_the_same_text_every_time(self):
        key = keys.load_or_create()

        assert key.sign(SAYS) == keys.load().sign(SAYS)

    def test_is_recognized_by_the_public_key(self):
        key = keys.load_or_create()
        note = checkpoint.parse(key.sign(SAYS))

        assert note.checkpoint() == SAYS
        assert keys.is_signed_by(note, key.public)

    def test_equals_the_signature_of_rfc_8032(self, settings):
        # RFC 8032, 7.1, test 1: the secret key and its public key.
        secret = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
        settings.SIGNING_KEY = pem(
            Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret))
        ).decode()

        assert keys.load().public.key.hex() == (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
        )


class TestIsSignedBy:
    @pytest.mark.parametrize("place", [0, 22, 30, -10])
    def test_fails_where_the_note_was_touched(self, place):
        key = keys.load_or_create()
        text = key.sign(SAYS)
        touched = list(text)
        touched[place] = "x" if touched[place] != "x" else "y"
        try:
            note = checkpoint.parse("".join(touched))
        except checkpoint.MalformedNoteError:
            return

        assert not keys.is_signed_by(note, key.public)

    def test_fails_for_another_key(self, settings):
        note = checkpoint.parse(keys.load_or_create().sign(SAYS))
        settings.SIGNING_KEY = pem(Ed25519PrivateKey.generate()).decode()

        assert not keys.is_signed_by(note, keys.load().public)

    def test_signatures_of_others_do_not_matter(self, settings):
        text = keys.load_or_create().sign(SAYS)
        own = keys.load().public
        settings.SIGNING_KEY = pem(Ed25519PrivateKey.generate()).decode()
        settings.LEDGER_ORIGIN = "witness.example/w"
        foreign = keys.load().sign(SAYS).split("\n\n")[1]

        assert keys.is_signed_by(checkpoint.parse(text + foreign), own)

    def test_a_wrong_signature_in_our_name_spoils_the_note(self):
        key = keys.load_or_create()
        text = key.sign(SAYS)
        other = key.sign(Checkpoint(ORIGIN, 4, bytes(32))).split("\n\n")[1]

        assert not keys.is_signed_by(checkpoint.parse(text + other), key.public)
