"""Whatever is changed in what the ledger hands out, the outsider's verifier finds it.

Ten thousand seeded changes under `make prove`, a tenth with the suite: bits of files,
fields of receipts (time and kind of an act among them), tiles dropped, swapped and cut
short, a forked ledger, another key, an old checkpoint shown again.
"""

from __future__ import annotations

import copy
import json
import random
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction

from tests.proofs import WHOLE
from xinheng import verifier
from xinheng.apps.ledger import (
    keys,
    operations,
    queries,
    receipts,
    suites,
    tiles,
)
from xinheng.core.merkle import checkpoint, tree
from xinheng.core.merkle.checkpoint import Checkpoint

RECEIPTS, FILES = (7_600, 2_400) if WHOLE else (760, 240)
SEED = 20_261_123
ORIGIN = "xinheng.local/ledger"
AT = datetime(2019, 6, 3, 1, 30, 15, 123456, tzinfo=UTC)
KINDS = ("submission.completed", "nil-return.filed", "register.imported")

pytestmark = [pytest.mark.proof, pytest.mark.django_db]


@pytest.fixture
def exported(tmp_path, settings) -> Path:
    """A ledger of 300 acts: its tiles, its key, checkpoints of its past, receipts."""
    settings.KEYS_DIR, settings.SIGNING_KEY = tmp_path / "keys", ""
    place = tmp_path / "exported"
    place.mkdir()
    grow(270)
    (place / "old").write_text(operations.issue_checkpoint())
    grow(300)
    tiles.export(place / "tiles")
    (place / "key").write_text(keys.load().public.text())
    return place


def grow(size: int) -> None:
    for number in range(queries.size(), size):
        with transaction.atomic():
            operations.append(
                kind=KINDS[number % 3],
                subject=f"submission:{number}",
                actor="account:1",
                body={"rows_read": number, "note": "示例"},
                at=AT + timedelta(minutes=number),
            )


def is_believed(*call: object) -> bool:
    code = verifier.main([str(part) for part in call])
    assert code in {0, 1, 2}
    return code == 0


# One field of a receipt is changed; each returns what it touched.
Change = Callable[[dict[str, Any], random.Random], str]


def change_column(receipt: dict[str, Any], dice: random.Random) -> str:
    column = dice.choice(["kind", "recorded_at", "subject", "actor", "seq"])
    entry = receipt["entry"]
    entry[column] = {
        "kind": dice.choice([kind for kind in KINDS if kind != entry["kind"]]),
        "recorded_at": entry["recorded_at"].replace("2019-06-03", "2019-06-04"),
        "subject": f"submission:{dice.randrange(1_000, 2_000)}",
        "actor": f"account:{dice.randrange(2, 99)}",
        "seq": dice.choice([n for n in range(-1, 310) if n != entry["seq"]]),
    }[column]
    return column


def change_body(receipt: dict[str, Any], dice: random.Random) -> str:
    body = receipt["entry"]["body"]
    body.update(dice.choice([{"rows_read": -1}, {"more": None}, {"note": "示列"}]))
    return "body"


def change_hash(receipt: dict[str, Any], dice: random.Random) -> str:
    name = dice.choice(["salt", "digest"])
    receipt[name] = flip_digit(receipt[name], dice)
    return name


def change_proof(receipt: dict[str, Any], dice: random.Random) -> str:
    proof = receipt["inclusion_proof"]
    at = dice.randrange(len(proof))
    kind = dice.choice(["flipped", "dropped", "swapped", "repeated", "emptied"])
    if kind == "flipped":
        proof[at] = flip_digit(proof[at], dice)
    elif kind == "dropped":
        del proof[at]
    elif kind == "swapped":
        proof[at - 1], proof[at] = proof[at], proof[at - 1]
    elif kind == "repeated":
        proof.insert(at, proof[at])
    else:
        proof.clear()
    return f"proof {kind}"


def change_parts(receipt: dict[str, Any], dice: random.Random) -> str:
    name = dice.choice(sorted(receipt))
    if dice.random() < 0.5:
        del receipt[name]
        return "part dropped"
    receipt[f"{name} 2"] = receipt[name]
    return "part added"


def sign_anew(receipt: dict[str, Any], dice: random.Random) -> str:
    """Forge the whole: another act, another root, all of it signed by another key."""
    private = Ed25519PrivateKey.from_private_bytes(dice.randbytes(32))
    forger = keys.SigningKey(ORIGIN, suites.Ed25519Key(private))
    said = checkpoint.parse(receipt["checkpoint"]).checkpoint()
    receipt["checkpoint"] = forger.sign(said)
    if dice.random() < 0.5:
        receipt["public_key"] = forger.public.text()
    return "signed anew"


def replay(receipt: dict[str, Any], dice: random.Random) -> str:
    """Put the receipt under a checkpoint of the ledger's past."""
    size = dice.choice([n for n in range(1, 300) if n != receipt["size"]])
    said = Checkpoint(ORIGIN, size, queries.root(size=size))
    receipt["checkpoint"] = keys.load().sign(said)
    if dice.random() < 0.5:
        receipt["size"] = size
    return "replayed"


CHANGES: tuple[Change, ...] = (
    change_column,
    change_column,
    change_body,
    change_hash,
    change_proof,
    change_parts,
    sign_anew,
    replay,
)


def flip_digit(text: str, dice: random.Random) -> str:
    at = dice.randrange(len(text))
    digit = f"{int(text[at], 16) ^ dice.randrange(1, 16):x}"
    return text[:at] + digit + text[at + 1 :]


def flip_bit(content: bytes, dice: random.Random) -> bytes:
    flipped = bytearray(content)
    flipped[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
    return bytes(flipped)


def parsed(content: bytes) -> object:
    """What a receipt's bytes mean; only a change of meaning has to be found."""
    try:
        return json.loads(content.decode())
    except ValueError:
        return content


class TestReceipts:
    def test_none_is_believed_that_was_changed(self, exported, tmp_path, capsys):
        dice, tally = random.Random(SEED), Counter[str]()
        file, key = tmp_path / "receipt.json", exported / "key"
        for number in range(RECEIPTS):
            size = dice.randrange(2, 301)
            receipt = receipts.receipt(seq=dice.randrange(size), size=size)
            content = json.dumps(receipt, ensure_ascii=False).encode()
            if number % 50 == 0:
                file.write_bytes(content)
                assert is_believed("receipt", file, "--key", key)
            changed, what = mutate(receipt, content, dice)
            if parsed(changed) == receipt:
                continue
            file.write_bytes(changed)
            tally[what] += 1
            assert not is_believed("receipt", file, "--key", key), (what, changed)
        capsys.readouterr()
        assert tally["kind"] > RECEIPTS / 60
        assert tally["recorded_at"] > RECEIPTS / 60
        assert tally.total() > RECEIPTS * 0.95
        print(json.dumps(tally))


def mutate(
    receipt: dict[str, Any], content: bytes, dice: random.Random
) -> tuple[bytes, str]:
    kind = dice.randrange(10)
    if kind == 0:
        return flip_bit(content, dice), "bit flipped"
    if kind == 1:
        return content[: dice.randrange(len(content))], "cut short"
    changed = copy.deepcopy(receipt)
    what = dice.choice(CHANGES)(changed, dice)
    return json.dumps(changed, ensure_ascii=False).encode(), what


def change_files(place: Path, dice: random.Random) -> str:
    """Change one file of an export, or two."""
    paths = sorted(path for path in place.rglob("*") if path.is_file())
    path, other = dice.sample(paths, 2)
    kind = dice.choice(["bit", "bit", "dropped", "cut", "swapped", "longer"])
    if kind == "bit":
        path.write_bytes(flip_bit(path.read_bytes(), dice))
    elif kind == "dropped":
        path.unlink()
    elif kind == "cut":
        path.write_bytes(path.read_bytes()[: dice.randrange(path.stat().st_size)])
    elif kind == "swapped":
        one, two = path.read_bytes(), other.read_bytes()
        path.write_bytes(two)
        other.write_bytes(one)
    else:
        path.write_bytes(path.read_bytes() + dice.randbytes(dice.randrange(1, 40)))
    return kind


class TestTiles:
    def test_none_are_believed_that_were_changed(self, exported, tmp_path, capsys):
        dice, tally = random.Random(SEED), Counter[str]()
        key, copied = exported / "key", tmp_path / "copy"
        assert is_believed("tiles", exported / "tiles", "--key", key)
        for _ in range(FILES):
            shutil.copytree(exported / "tiles", copied)
            what = change_files(copied, dice)
            tally[what] += 1
            assert not is_believed("tiles", copied, "--key", key), what
            shutil.rmtree(copied)
        capsys.readouterr()
        assert tally.total() == FILES
        print(json.dumps(tally))


class TestCheckpoints:
    def test_of_one_past_are_consistent(self, exported):
        new, known = exported / "tiles/checkpoint", ("--key", exported / "key")

        assert is_believed(
            "consistency", exported / "old", new, "--tiles", exported / "tiles", *known
        )
        assert not is_believed(
            "consistency", new, exported / "old", "--tiles", exported / "tiles", *known
        )

    def test_of_another_past_are_found_though_the_key_is_right(
        self, exported, tmp_path, capsys
    ):
        key, tiles_ = exported / "key", exported / "tiles"
        for size in range(1, 301):
            leaves = [tree.leaf_hash(bytes([n % 256])) for n in range(size)]
            forked = keys.load().sign(Checkpoint(ORIGIN, size, tree.root(leaves)))
            (tmp_path / "forked").write_text(forked)
            seen = ("--seen", tmp_path / "forked")
            assert not is_believed("tiles", tiles_, "--key", key, *seen)
        assert "FORKED" in capsys.readouterr().out

    def test_shown_again_after_a_later_one_are_found(self, exported, tmp_path):
        seen = exported / "tiles/checkpoint"
        kept = (tmp_path / "kept").write_bytes(seen.read_bytes())
        said = Checkpoint(ORIGIN, 299, queries.root(size=299))
        shutil.copytree(exported / "tiles", tmp_path / "older")
        (tmp_path / "older/checkpoint").write_text(keys.load().sign(said))

        call = ("tiles", tmp_path / "older", "--key", exported / "key")
        assert kept
        assert not is_believed(*call, "--seen", tmp_path / "kept")
