"""Lists of keys, receipts of both suites and cosignatures: each change is found.

Seeded, a tenth with the suite: SM2 in plain integers is slow.
"""

from __future__ import annotations

import copy
import json
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from tests.proofs import WHOLE
from tests.proofs.test_outsider import (
    change_body,
    change_column,
    change_hash,
    change_proof,
    flip_bit,
    is_believed,
    parsed,
)
from xinheng.apps.ledger import (
    key_changes,
    key_history,
    key_list,
    keys,
    operations,
    queries,
    receipts,
    suites,
    witnesses,
)
from xinheng.core.merkle import checkpoint
from xinheng.core.merkle.checkpoint import PublicKey, Signature, Suite

LISTS, COSIGNED = (600, 600) if WHOLE else (60, 60)
SEED = 20_261_130
AT = datetime(2019, 6, 3, 1, 30, tzinfo=UTC)

pytestmark = [pytest.mark.proof, pytest.mark.django_db]


@pytest.fixture
def place(tmp_path, settings) -> Path:
    """A ledger whose key was changed to SM2, and one witness that agreed to it."""
    settings.KEYS_DIR, settings.SIGNING_KEY = tmp_path / "keys", ""
    grow(12)
    (tmp_path / "first").write_text(keys.load().public.text())
    key_changes.rotate(suite=Suite.SM2, actor="operator", at=AT)
    private = suites.generate(Suite.ED25519)
    key = PublicKey("audit.example/w1", private.public, Suite.COSIGNATURE)
    witnesses.add(public_key=key.text(), actor="operator", at=AT)
    grow(20)
    note = queries.get_head().note
    made = suites.cosign(private, checkpoint.parse(note).body, seconds=1_559_525_415)
    line = Signature(key.name, key.key_id, made).line()
    witnesses.receive(note=note + line, at=AT)
    (tmp_path / "witness").write_text(key.text())
    (tmp_path / "present").write_text(key_history.present().key.text())
    return tmp_path


def grow(size: int) -> None:
    for number in range(queries.size(), size):
        with transaction.atomic():
            operations.append(
                kind="submission.completed",
                subject=f"submission:{number}",
                actor="account:1",
                body={"rows_read": number, "note": "示例"},
                at=AT + timedelta(minutes=number),
            )


def change_list(listed: dict[str, Any], dice: random.Random) -> str:
    kind = dice.choice(["term", "term", "receipt", "receipt", "dropped", "swapped"])
    rows = listed["receipts"]
    if kind == "term":
        term = dice.choice(listed["keys"])
        name = dice.choice(["from_size", "to_size", "trusted_to", "ended_by"])
        term[name] = "LOST" if name == "ended_by" else dice.randrange(100, 999)
    elif kind == "receipt":
        change = dice.choice([change_column, change_body, change_hash, change_proof])
        return change(dice.choice(rows), dice)
    elif kind == "dropped":
        del (listed["keys"] if dice.random() < 0.5 else rows)[0]
    else:
        one, two = dice.sample(range(len(rows)), 2)
        rows[one], rows[two] = rows[two], rows[one]
    return kind


def said(listed: Any) -> Any:
    """Return what a list says to somebody who names no witness.

    The line of a signer that nobody named is nobody's word (C2SP signed-note).
    """
    if not isinstance(listed, dict) or not isinstance(listed.get("receipts"), list):
        return listed
    told = copy.deepcopy(listed)
    for receipt in told["receipts"]:
        if isinstance(receipt.get("checkpoint"), str):
            body, blank, lines = receipt["checkpoint"].partition("\n\n")
            own = [each for each in lines.splitlines(True) if "ledger " in each]
            receipt["checkpoint"] = body + blank + "".join(own)
    return told


class TestLists:
    def test_none_is_believed_that_was_changed(self, place, capsys):
        dice, tally, listed = random.Random(SEED), Counter[str](), key_list.published()
        content = json.dumps(listed, ensure_ascii=False).encode()
        file = place / "list"
        file.write_bytes(content)
        for name in ("first", "present"):
            assert is_believed("keys", file, "--key", place / name)
        for number in range(LISTS):
            changed, what = copy.deepcopy(listed), "bit flipped"
            if number % 3:
                what = change_list(changed, dice)
                file.write_text(json.dumps(changed, ensure_ascii=False))
            else:
                file.write_bytes(flip_bit(content, dice))
            if said(parsed(file.read_bytes())) == said(listed):
                continue
            tally[what] += 1
            name = dice.choice(["first", "present"])
            assert not is_believed("keys", file, "--key", place / name), what
        capsys.readouterr()
        assert tally.total() > LISTS * 0.9
        print(json.dumps(tally))


class TestCosigned:
    def test_none_is_believed_that_was_changed(self, place, capsys):
        """An SM2 receipt that has to bear the witness's word: any bit of it counts."""
        dice = random.Random(SEED)
        size = witnesses.find_cosigned_size(above=3)
        receipt = receipts.receipt(seq=3, size=size)
        content = json.dumps(receipt, ensure_ascii=False).encode()
        file = place / "receipt"
        file.write_bytes(content)
        call = ("receipt", file, "--key", place / "present")
        witnessed = (*call, "--witness", place / "witness")
        assert is_believed(*witnessed)
        for _ in range(COSIGNED):
            flipped = flip_bit(content, dice)
            if parsed(flipped) != receipt:
                file.write_bytes(flipped)
                assert not is_believed(*witnessed), flipped
        capsys.readouterr()

    def test_the_word_of_a_witness_counts_for_its_own_checkpoint_only(self, place):
        size = witnesses.find_cosigned_size(above=3)
        line = receipts.receipt(seq=3, size=size)["checkpoint"].splitlines()[-1]
        other = receipts.receipt(seq=3, size=size - 1)
        other["checkpoint"] += f"{line}\n"
        (place / "receipt").write_text(json.dumps(other))

        call = ("receipt", place / "receipt", "--key", place / "present")

        assert is_believed(*call)
        assert not is_believed(*call, "--witness", place / "witness")
