"""The published list of keys, as an auditor holds it who has one key and one file."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest

from xinheng import verifier
from xinheng.apps.ledger import key_changes, key_list, keys, queries, receipts, tiles
from xinheng.core.merkle import canonical, tree
from xinheng.core.merkle.checkpoint import Checkpoint, Suite

ORIGIN = "xinheng.local/ledger"


@pytest.fixture
def place(tmp_path):
    """Where the auditor keeps what it got."""
    return tmp_path


@pytest.fixture
def ledger(db, append):
    for number in range(5):
        append(number)


@pytest.fixture
def change(at):
    def by(operation, **words):
        words = {"suite": Suite.ED25519, "actor": "operator", "at": at} | words
        return operation(**words).public_key

    return by


@pytest.fixture
def verified(place, capsys) -> Callable[..., str]:
    """Verify a document; return OK, or the word that says why not."""

    def verify(task: str, document: Any, *keys_: str, **options: Any) -> str:
        (place / "document").write_text(json.dumps(document))
        call = [task, str(place / "document")]
        for key in keys_:
            call += ["--key", key]
        for name, given in options.items():
            if name == "keys":
                (place / "keys.json").write_text(json.dumps(given))
                given = place / "keys.json"
            call += [f"--{name}", str(given)]
        code = verifier.main(call)
        word = capsys.readouterr().out.split(":")[0]
        assert (code == 0) is (word == "OK")
        return word

    return verify


def signed(seq=2, size=None):
    return receipts.receipt(seq=seq, size=size or queries.size())


@pytest.mark.usefixtures("ledger")
class TestRotation:
    @pytest.fixture
    def rotated(self, change, append):
        """Three keys after each other, the second of another suite; an old receipt."""
        old, first = signed(), keys.load().public.text()
        second = change(key_changes.rotate, suite=Suite.SM2)
        append(7)
        third = change(key_changes.rotate)
        append(10)
        return old, (first, second, third)

    @pytest.mark.parametrize("named", range(3))
    def test_any_one_key_leads_to_all_of_them(self, rotated, verified, named):
        old, known = rotated
        listed = key_list.published()

        assert verified("keys", listed, known[named]) == "OK"
        assert verified("receipt", old, known[named], keys=listed) == "OK"
        assert verified("receipt", signed(), known[named], keys=listed) == "OK"

    def test_without_the_list_only_the_named_key_counts(self, rotated, verified):
        old, (first, _, third) = rotated

        assert verified("receipt", old, first) == "OK"
        assert verified("receipt", old, third) == "KEY"

    def test_a_key_that_is_none_of_them_leads_nowhere(self, rotated, verified):
        stranger = keys.create(Suite.ED25519)[0].public.text()

        assert verified("keys", key_list.published(), stranger) == "KEYS"

    def test_a_former_key_signs_nothing_that_counts_any_more(
        self, rotated, verified, place
    ):
        first = rotated[1][0]
        forged = signed() | {"public_key": first}
        size = queries.size()
        forged["checkpoint"] = keys.load_one(None).sign(
            Checkpoint(ORIGIN, size, queries.root(size=size))
        )

        assert verified("receipt", forged, first) == "OK"
        assert verified("receipt", forged, first, keys=key_list.published()) == "TERM"

    @pytest.mark.parametrize(
        ("part", "to"),
        [("to_size", 99), ("from_size", 1), ("ended_by", "LOST"), ("trusted_to", 3)],
    )
    def test_a_list_with_other_terms_is_found(self, rotated, verified, part, to):
        listed = key_list.published()
        listed["keys"][1][part] = to

        assert verified("keys", listed, rotated[1][0]) == "KEYS"

    def test_a_list_that_leaves_something_out_is_found(self, rotated, verified):
        listed = key_list.published()
        del listed["keys"][1]

        assert verified("keys", listed, rotated[1][0]) == "KEYS"


@pytest.mark.usefixtures("ledger")
class TestLoss:
    @pytest.fixture
    def lost(self, change, append, keys_dir):
        old, first = signed(), keys.load().public.text()
        (keys_dir / "ledger.key").unlink()
        second = change(key_changes.replace_lost)
        append(7)
        return old, first, second

    def test_the_new_key_vouches_for_the_old_one_in_its_term(self, lost, verified):
        old, _, second = lost
        listed = key_list.published()

        assert verified("receipt", old, second, keys=listed) == "OK"

    def test_nothing_leads_from_the_old_key_to_the_new_one(self, lost, verified):
        _, first, second = lost
        listed = key_list.published()

        assert verified("keys", listed, first) == "KEYS"
        assert verified("keys", listed, first, second) == "OK"


@pytest.mark.usefixtures("ledger")
class TestTheft:
    @pytest.fixture
    def stolen(self, change, append):
        """The first key is known to others since size 4; receipts before and after."""
        thief, before, after = keys.load(), signed(size=3), signed(size=5)
        second = change(
            key_changes.revoke, key_id=thief.public.key_id.hex(), trusted_to=4
        )
        append(7)
        return thief, before, after, second

    def test_what_it_signed_later_does_not_count(self, stolen, verified):
        _, _, after, second = stolen

        listed = key_list.published()

        assert verified("receipt", after, second, keys=listed) == "REVOKED"

    def test_what_it_signed_before_counts_beside_the_tiles(
        self, stolen, verified, place
    ):
        _, before, _, second = stolen
        listed = key_list.published()
        tiles.export(place / "tiles")

        assert verified("receipt", before, second, keys=listed) == "REVOKED"
        assert (
            verified("receipt", before, second, keys=listed, tiles=place / "tiles")
            == "OK"
        )

    def test_a_receipt_issued_anew_counts_alone(self, stolen, verified):
        *_, second = stolen

        assert verified("receipt", signed(size=3), second) == "OK"

    def test_the_thief_can_vouch_for_nobody(self, stolen, verified):
        """A whole fork, rightly built, at a size at which the key was still trusted."""
        thief, *_, second = stolen
        own = keys.create(Suite.ED25519)[0].public.text()
        entry = signed()["entry"] | {
            "seq": 0,
            "kind": "key.introduced",
            "subject": "ledger-keys",
            "body": {"public_key": own, "from_size": 1},
        }
        digest = sha256(bytes(32) + canonical.encode(entry)).digest()
        root = tree.root([tree.leaf_hash(digest)])
        forged = {
            "format": receipts.FORMAT,
            "entry": entry,
            "salt": bytes(32).hex(),
            "digest": digest.hex(),
            "size": 1,
            "inclusion_proof": [],
            "checkpoint": thief.sign(Checkpoint(ORIGIN, 1, root)),
            "public_key": thief.public.text(),
        }
        listed = key_list.published()
        listed["receipts"].append(forged)

        assert verified("receipt", forged, thief.public.text()) == "OK"
        assert verified("keys", listed, second) == "KEYS"
        assert verified("keys", listed, thief.public.text(), second) == "KEYS"
