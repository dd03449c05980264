#!/usr/bin/env python3
"""Verify what a Xinheng ledger hands out: one file, nothing to install.

    python verifier.py receipt RECEIPT.json --key KEY [--keys LIST] [--tiles DIRECTORY]
    python verifier.py receipt REPORT.pdf --key KEY    what a credit report carries
    python verifier.py receipt AUDIT.jsonl --key KEY   each act that was exported
    python verifier.py tiles DIRECTORY --key KEY [--keys LIST] [--seen CHECKPOINT]
    python verifier.py consistency OLD NEW --tiles DIRECTORY --key KEY [--keys LIST]
    python verifier.py keys LIST --key KEY

KEY is a public key of the ledger, `name+id+base64`, or a file that holds it. It comes
from somewhere else than the thing that is verified. LIST is the ledger's own list of
its keys: each is believed once a key that you named vouches for it, and only for the
ledger sizes that it signed. Name one key for each loss or theft, since nothing could
vouch across it. A list may be old: take it from where you take the key.

With `--seen`, a checkpoint that was kept earlier, an export that is older than it or
does not continue it is refused. With `--tiles` a receipt has to belong to that export's
past. With `--witness KEY` a witness that you name must have cosigned the checkpoint.
What a key signed that was revoked later counts only with one of these two.

Exit code 0: it verifies. 1: it does not, and a line says why. 2: a wrong call, or a
file that can't be read.

Written apart from the house's own code on purpose, so that one checks the other.
Sources: RFC 9162 (tree), RFC 8785 (canonical JSON), RFC 8032 (Ed25519), GB/T 32918.2
(SM2), GB/T 32905 (SM3), C2SP signed-note, tlog-checkpoint, -cosignature and -tiles.
"""

from __future__ import annotations

import argparse
import base64
import json
import re
import sys
import zlib
from collections.abc import Callable
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any, NamedTuple

FORMAT = "xinheng-receipt/1"
REPORT, ISSUED = "xinheng-report/1", "report.issued"
ERASED = "xinheng-erased/1"
ERASED_PARTS = "checkpoint digest format inclusion_proof public_key seq size".split()  # noqa: SIM905
PARTS = "checkpoint digest entry format inclusion_proof public_key salt size".split()  # noqa: SIM905
COLUMNS = "actor body kind recorded_at seq subject".split()  # noqa: SIM905
LIST_FORMAT, LIST_SUBJECT = "xinheng-keys/1", "ledger-keys"
ED25519, SM2, WITNESS = b"\x01", b"\xffxinheng/sm2-sm3/v1", b"\x04"
KEY_BYTES = {ED25519: 32, SM2: 65, WITNESS: 32}
WIDTH = 256
MOST_BYTES = 2**26  # of what an attachment unpacks to
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)


class Unverified(Exception):  # noqa: N818  (a verdict, not a malfunction)
    """It does not verify; the text says why."""


class WrongCall(Exception):  # noqa: N818
    """What was given can't be read at all."""


# Ed25519: the curve -x² + y² = 1 + D x² y² over the integers modulo P.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]
NEUTRAL: Point = (0, 1, 1, 0)


def add(one: Point, other: Point) -> Point:
    """Return the sum of two points in extended coordinates."""
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(factor: int, point: Point) -> Point:
    """Return the multiple of a point; all is public, so time may tell the factor."""
    total = NEUTRAL
    while factor:
        if factor & 1:
            total = add(total, point)
        point, factor = add(point, point), factor >> 1
    return total


def same(one: Point, other: Point) -> bool:
    """Return whether two points are one."""
    return all((one[i] * other[2] - other[i] * one[2]) % P == 0 for i in (0, 1))


def point(raw: bytes) -> Point | None:
    """Decode a point; null where no point of the curve is written so."""
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return (x, y, 1, x * y % P)


BASE: Point = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")) or NEUTRAL


def is_signature(key: bytes, message: bytes, signature: bytes) -> bool:
    """Return whether an Ed25519 signature is right (RFC 8032, 5.1.7)."""
    if len(key) != 32 or len(signature) != 64:
        return False
    public, commitment = point(key), point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if public is None or commitment is None or scalar >= L:
        return False
    challenge = sha512(signature[:32] + key + message).digest()
    factor = int.from_bytes(challenge, "little") % L
    return same(times(scalar, BASE), add(commitment, times(factor, public)))


# SM2: the curve y² = x³ - 3 x + B over the integers modulo Q, with M points.
Q = 2**256 - 2**224 - 2**96 + 2**64 - 1
M = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
GX = 0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7
GY = 0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0
START = 0x7380166F4914B2B9172442D7DA8A0600A96F30BC163138AAE38DEE4DB0FB0E4E
Affine = tuple[int, int] | None  # null is the point at infinity


def sum_of(one: Affine, other: Affine) -> Affine:
    """Return the sum of two points of SM2's curve."""
    if one is None or other is None:
        return one or other
    if one[0] == other[0]:
        if (one[1] + other[1]) % Q == 0:
            return None
        slope = 3 * (one[0] ** 2 - 1) * pow(2 * one[1], -1, Q)
    else:
        slope = (other[1] - one[1]) * pow(other[0] - one[0], -1, Q)
    x = (slope * slope - one[0] - other[0]) % Q
    return x, (slope * (one[0] - x) - one[1]) % Q


def multiple(factor: int, one: Affine) -> Affine:
    """Return the multiple of a point of SM2's curve."""
    total: Affine = None
    while factor:
        total = sum_of(total, one) if factor & 1 else total
        one, factor = sum_of(one, one), factor >> 1
    return total


def turn(word: int, by: int) -> int:
    """Return 32 bits turned to the left."""
    return (word << by % 32 | word >> 32 - by % 32) & 0xFFFFFFFF


def sm3(message: bytes) -> bytes:
    """Return the SM3 digest (GB/T 32905, 5)."""
    padding = b"\x80" + bytes(-(len(message) + 9) % 64)
    padded = message + padding + (8 * len(message)).to_bytes(8, "big")
    state = START.to_bytes(32, "big")
    for at in range(0, len(padded), 64):
        state = _compress(_words(state), _words(padded[at : at + 64]))
    return state


def _words(raw: bytes) -> list[int]:
    return [int.from_bytes(raw[at : at + 4], "big") for at in range(0, len(raw), 4)]


def _compress(state: list[int], w: list[int]) -> bytes:
    for j in range(16, 68):
        x = w[j - 16] ^ w[j - 9] ^ turn(w[j - 3], 15)
        w.append(x ^ turn(x, 15) ^ turn(x, 23) ^ turn(w[j - 13], 7) ^ w[j - 6])
    a, b, c, d, e, f, g, h = state
    for j in range(64):
        early = j < 16
        turned = turn(a, 12)
        constant = turn(0x79CC4519 if early else 0x7A879D8A, j)
        ss1 = turn((turned + e + constant) & 0xFFFFFFFF, 7)
        ff = a ^ b ^ c if early else a & b | a & c | b & c
        gg = e ^ f ^ g if early else e & f | ~e & g
        tt1 = (ff + d + (ss1 ^ turned) + (w[j] ^ w[j + 4])) & 0xFFFFFFFF
        tt2 = (gg + h + ss1 + w[j]) & 0xFFFFFFFF
        d, c, b, a = c, turn(b, 9), a, tt1
        h, g, f, e = g, turn(f, 19), e, tt2 ^ turn(tt2, 9) ^ turn(tt2, 17)
    mixed = zip(state, (a, b, c, d, e, f, g, h), strict=True)
    return b"".join((one ^ other).to_bytes(4, "big") for one, other in mixed)


def is_sm2_signature(key: bytes, message: bytes, signature: bytes) -> bool:
    """Return whether an SM2 signature is right (GB/T 32918.2, 7.1)."""
    if len(key) != 65 or key[:1] != b"\x04" or len(signature) != 64:
        return False
    x, y = (int.from_bytes(key[at : at + 32], "big") for at in (1, 33))
    r, s = (int.from_bytes(signature[at : at + 32], "big") for at in (0, 32))
    if max(x, y) >= Q or (y * y - x**3 + 3 * x - B) % Q or not 0 < r < M > s > 0:
        return False
    curve = b"".join(each.to_bytes(32, "big") for each in (Q - 3, B, GX, GY))
    who = sm3(b"\x00\x80" + b"1234567812345678" + curve + key[1:])
    digest = int.from_bytes(sm3(who + message), "big")
    both, t = multiple(s, (GX, GY)), (r + s) % M
    both = sum_of(both, multiple(t, (x, y)))
    return t != 0 and both is not None and (digest + both[0]) % M == r


# Strict forms: a value has one spelling, so that nothing can be changed unseen.
def unbase64(text: str) -> bytes:
    """Decode standard base64 in its one canonical spelling."""
    raw = base64.b64decode(text.encode(), validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError("base64")
    return raw


def unhex(text: str, length: int = 32) -> bytes:
    """Decode lower-case hexadecimal of that many bytes."""
    raw = bytes.fromhex(text)
    if raw.hex() != text or len(raw) != length:
        raise ValueError("hexadecimal")
    return raw


def strict_json(content: bytes) -> Any:
    """Read JSON in which no name stands twice."""
    return json.loads(content.decode(), object_pairs_hook=_object)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a name stands twice")
    return dict(pairs)


def canonical(value: Any) -> str:
    """Return the canonical text of a value (RFC 8785, without fractions)."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        inner = (f"{canonical(name)}:{canonical(value[name])}" for name in names)
        return "{" + ",".join(inner) + "}"
    if isinstance(value, list):
        return "[" + ",".join(canonical(each) for each in value) + "]"
    return json.dumps(value, ensure_ascii=False)


# Keys and checkpoints.
class Key(NamedTuple):
    """A public key: its name, its id, how it signs, its bytes."""

    name: str
    id: bytes
    type: bytes
    raw: bytes

    def has_signed(self, message: bytes, signature: bytes) -> bool:
        """Return whether this key made a signature."""
        verify = is_sm2_signature if self.type == SM2 else is_signature
        return verify(self.raw, message, signature)


class Term(NamedTuple):
    """The ledger sizes that a key may sign, both ends included; null is no end."""

    first: int = 0
    last: int | None = None
    ended: str | None = None
    trusted: int | None = None

    def verdict(self, size: int) -> str:
        """Return what a signature at a size is worth."""
        if size < self.first or (self.last is not None and size > self.last):
            return "TERM: the key that signed this did not sign at that size"
        if self.trusted is None:
            return "good"
        return "tainted" if size <= self.trusted else "REVOKED: its key was stolen"


Keys = dict[Key, Term]


class Checkpoint(NamedTuple):
    """A checkpoint whose signature was verified: log, leaves, root.

    It is tainted where only a key vouches for it that was revoked later.
    """

    origin: str
    size: int
    root: bytes
    tainted: bool = False


def read_key(text: str) -> Key:
    """Return a public key from the form in which it is written out."""
    name, key_id, encoded = text.strip().split("+", 2)
    raw = unbase64(encoded)
    wanted = sha256(name.encode() + b"\n" + raw).digest()[:4]
    for kind, length in KEY_BYTES.items():
        if raw.startswith(kind) and len(raw) == len(kind) + length:
            if unhex(key_id, 4) != wanted:
                break
            return Key(name, wanted, kind, raw[len(kind) :])
    raise ValueError("key")


def believe(note: str, keys: Keys, by: Key | None = None) -> Checkpoint:
    """Return what a signed checkpoint says, where one of the keys has signed it.

    With `by` that very key has to. A wrong signature of any known key spoils the note.
    """
    body, lines = _split(note)
    origin, size, root = body[:-1].split("\n")
    said = Checkpoint(origin, int(size), unbase64(root))
    verdicts = {
        term.verdict(said.size)
        for key, term in keys.items()
        if key.name == origin and key.type != WITNESS
        if _signed(key, body, lines) and by in (None, key)
    }
    if "good" in verdicts:
        return said
    if "tainted" in verdicts:
        return said._replace(tainted=True)
    unknown = "SIGNATURE: none of the trusted keys has signed this checkpoint"
    raise Unverified(min(verdicts, default=unknown))


def is_witnessed(note: str, witnesses: list[Key]) -> bool:
    """Return whether one of the witnesses has cosigned a checkpoint."""
    body, lines = _split(note)
    for name, key_id, raw in lines:
        time = int.from_bytes(raw[:8], "big")
        message = f"cosignature/v1\ntime {time}\n{body}".encode()
        for key in witnesses:
            if (name, key_id) == key[:2] and key.has_signed(message, raw[8:]):
                return True
    return False


def _signed(key: Key, body: str, lines: list[tuple[str, bytes, bytes]]) -> bool:
    # An id is made of the name: the same id below another name was changed.
    mine = [(name, raw) for name, key_id, raw in lines if key_id == key.id]
    right = (
        name == key.name and key.has_signed(body.encode(), raw) for name, raw in mine
    )
    if not all(right):
        raise Unverified("SIGNATURE: a signature on this checkpoint is wrong")
    return bool(mine)


def _split(note: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """Return a checkpoint's text and its signature lines, each in its form."""
    try:
        body, below = note.rsplit("\n\n", 1)
        _, size, root = body.split("\n")
        lines = [_signature(line) for line in below[:-1].split("\n")]
        if not below.endswith("\n") or str(int(size)) != size or int(size) < 0:
            raise ValueError("layout")
        if len(unbase64(root)) != 32:
            raise ValueError("root")
    except ValueError:
        raise Unverified("CHECKPOINT: this is no signed checkpoint") from None
    return body + "\n", lines


def _signature(line: str) -> tuple[str, bytes, bytes]:
    dash, name, encoded = line.split(" ")
    raw = unbase64(encoded)
    if dash != "—" or len(raw) <= 4:
        raise ValueError("signature")
    return name, raw[:4], raw[4:]


# The tree.
def leaf(entry: bytes) -> bytes:
    """Return the hash of a leaf."""
    return sha256(b"\x00" + entry).digest()


def node(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node above these two."""
    return sha256(b"\x01" + left + right).digest()


def levels(leaves: list[bytes]) -> list[list[bytes]]:
    """Return the hashes of all complete subtrees, level by level."""
    rows = [leaves]
    while len(rows[-1]) > 1:
        row = rows[-1]
        rows.append([node(row[i], row[i + 1]) for i in range(0, len(row) - 1, 2)])
    return rows


def root_at(rows: list[list[bytes]], size: int) -> bytes:
    """Return the root over the first `size` leaves."""
    total, end = b"", size
    for level, row in enumerate(rows):
        if end >> level & 1:
            last = row[(end >> level) - 1]
            total = node(last, total) if total else last
    return total or sha256(b"").digest()


def climb(start: bytes, index: int, size: int, proof: list[bytes]) -> bytes | None:
    """Return the root that an inclusion proof leads to; null where it can't be one."""
    at, last, total = index, size - 1, start
    for sibling in proof:
        if last == 0:
            return None
        if at & 1 or at == last:
            total = node(sibling, total)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            total = node(total, sibling)
        at, last = at >> 1, last >> 1
    return total if last == 0 else None


# What is verified.
def verify_receipt(receipt: Any, keys: Keys, *, by_any: bool = False) -> Checkpoint:
    """Verify a receipt and return the checkpoint under which the act stands.

    The key that it names must have signed it; or, with `by_any`, any of those known.
    """
    try:
        _require_form(receipt)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Unverified("MALFORMED: this is no receipt") from None
    named = read_key(receipt["public_key"])
    if not by_any and named not in keys:
        raise Unverified("KEY: the receipt names a key that is not trusted")
    said = believe(receipt["checkpoint"], keys, None if by_any else named)
    seq, digest = receipt["entry"]["seq"], unhex(receipt["digest"])
    if said.size != receipt["size"] or not 0 <= seq < said.size:
        raise Unverified("CHECKPOINT: it is not one that the act stands under")
    written = unhex(receipt["salt"]) + canonical(receipt["entry"]).encode()
    if sha256(written).digest() != digest:
        raise Unverified("DIGEST: the act is not the one that was recorded")
    proof = [unhex(each) for each in receipt["inclusion_proof"]]
    if climb(leaf(digest), seq, said.size, proof) != said.root:
        raise Unverified("INCLUSION: the act is not under the signed root")
    return said


def _require_form(receipt: Any) -> None:
    """Raise unless every part of a receipt has its form."""
    entry = receipt["entry"]
    if (sorted(receipt), sorted(entry)) != (PARTS, COLUMNS):
        raise ValueError("parts")
    if not type(entry["seq"]) is type(receipt["size"]) is int:
        raise ValueError("numbers")
    if receipt["format"] != FORMAT or not MOMENT.fullmatch(entry["recorded_at"]):
        raise ValueError("format")
    for each in [receipt["digest"], receipt["salt"], *receipt["inclusion_proof"]]:
        unhex(each)
    canonical(entry).encode()
    _split(receipt["checkpoint"])
    read_key(receipt["public_key"])


def follow(content: bytes, named: list[Key]) -> Keys:
    """Return the keys that the ledger's own list proves, from those that are named.

    A key that was revoked vouches for no other: all is learned anew without it.
    """
    barred: set[Key] = set()
    try:
        listed = strict_json(content)
        receipts, stated = listed["receipts"], _stated(listed)
        while True:
            keys, rest = _learn(receipts, {key: Term() for key in named}, barred)
            revoked = {key for key, term in keys.items() if term.trusted is not None}
            if revoked <= barred:
                break
            barred |= revoked
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Unverified("MALFORMED: this is no list of keys") from None
    if rest:
        place = rest[0]["entry"]["seq"]
        raise Unverified(f"KEYS: no key that you named vouches for entry {place}")
    for receipt in receipts:
        believe(receipt["checkpoint"], keys, read_key(receipt["public_key"]))
    proved = {key: term for key, term in keys.items() if key in stated or receipts}
    if proved != stated or not _is_whole(receipts):
        raise Unverified("KEYS: the list states other terms than the ledger")
    return {**{key: Term() for key in named}, **keys}


def _is_whole(receipts: list[Any]) -> bool:
    """Return whether each entry is there twice, in order: under its change, and now."""
    places = [receipt["entry"]["seq"] for receipt in receipts]
    now = {receipt["size"] for receipt in receipts[len(receipts) // 2 :]}
    return places == sorted(set(places)) * 2 and len(now) <= 1


def _stated(listed: Any) -> Keys:
    if sorted(listed) != ["format", "keys", "origin", "receipts"]:
        raise ValueError("parts")
    columns = ("from_size", "to_size", "ended_by", "trusted_to")
    stated = {
        read_key(each["public_key"]): Term(*(each[name] for name in columns))
        for each in listed["keys"]
        if len(each) == 5
    }
    whose = {key.name for key in stated}
    if listed["format"] != LIST_FORMAT or whose != {listed["origin"]}:
        raise ValueError("format")
    return stated


def _learn(receipts: list[Any], keys: Keys, barred: set[Key]) -> tuple[Keys, list[Any]]:
    """Apply what known keys vouch for, until nothing more is learned."""
    rest, before = receipts, len(receipts) + 1
    while len(rest) < before:
        before, waiting = len(rest), []
        for receipt in rest:
            known = {key: keys[key] for key in keys if key not in barred}
            try:
                verify_receipt(receipt, known, by_any=True)
            except Unverified:
                waiting.append(receipt)
            else:
                keys = _after(receipt["entry"], keys)
        rest = waiting
    return keys, rest


def _after(entry: Any, keys: Keys) -> Keys:
    kind, body = entry["kind"], entry["body"]
    key = read_key(body["public_key"])
    term = keys.get(key, Term())
    if entry["subject"] != LIST_SUBJECT:
        raise ValueError("subject")
    if kind == "key.introduced":
        term = term._replace(first=body["from_size"])
    elif kind == "key.retired":
        term = term._replace(last=body["to_size"], ended=body["reason"])
    elif kind == "key.revoked":
        last, trusted = body["to_size"], body["trusted_to"]
        term = term._replace(last=last, ended="REVOKED", trusted=trusted)
    else:
        raise ValueError("kind")
    return {**keys, key: term}


def verify_tiles(directory: Path, keys: Keys) -> tuple[Checkpoint, Any]:
    """Verify an export, file by file; return its checkpoint and its subtrees."""
    said = believe(_text(directory / "checkpoint"), keys)
    entries: list[bytes] = []
    for number in range(-(-said.size // WIDTH)):
        width = min(WIDTH, said.size - number * WIDTH)
        entries += _bundle(_tile(directory, "entries", number, width), width)
    rows = levels([leaf(entry) for entry in entries])
    if root_at(rows, said.size) != said.root:
        raise Unverified("ROOT: the entries do not add up to the signed root")
    for level in range(0, len(rows), 8):
        _check_level(directory, level, rows[level])
    return said, rows


def _check_level(directory: Path, level: int, row: list[bytes]) -> None:
    for number in range(-(-len(row) // WIDTH)):
        held = row[number * WIDTH : (number + 1) * WIDTH]
        if _tile(directory, str(level // 8), number, len(held)) != b"".join(held):
            raise Unverified(f"TILE: tile {number} of level {level // 8} is wrong")


def _tile(directory: Path, level: str, number: int, width: int) -> bytes:
    digits = str(number).zfill(-(-len(str(number)) // 3) * 3)
    parts = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    name = "/".join([*(f"x{part}" for part in parts[:-1]), parts[-1]])
    partial = "" if width == WIDTH else f".p/{width}"
    try:
        return (directory / f"tile/{level}/{name}{partial}").read_bytes()
    except OSError:
        raise Unverified(f"MISSING: tile/{level}/{name}{partial}") from None


def _bundle(content: bytes, width: int) -> list[bytes]:
    size = 2 + 32
    entries = [content[at + 2 : at + size] for at in range(0, width * size, size)]
    if content != b"".join(b"\x00\x20" + entry.ljust(32) for entry in entries):
        raise Unverified(f"ENTRIES: a bundle is not {width} digests of 32 bytes")
    return entries


def verify_growth(seen: Checkpoint, now: Checkpoint, rows: list[list[bytes]]) -> None:
    """Verify that a ledger with these subtrees continues a checkpoint of its past."""
    if seen.origin != now.origin:
        raise Unverified("ORIGIN: the two checkpoints are of different ledgers")
    if now.size < seen.size:
        raise Unverified(f"OLDER: {now.size} entries, {seen.size} were seen before")
    if root_at(rows, seen.size) != seen.root:
        raise Unverified(f"FORKED: the first {seen.size} entries were others")


def load_key(text: str) -> Key:
    """Return a public key from its text, or from the file that holds it."""
    try:
        return read_key(text if text.count("+") > 1 else _text(Path(text)))
    except ValueError:
        raise WrongCall("KEY: this is no public key of a ledger or a witness") from None


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError):
        raise WrongCall(f"FILE: {path} can't be read") from None


def main(arguments: list[str] | None = None) -> int:
    """Verify what the command line names; return the exit code."""
    try:
        said = _run(_options(arguments))
    except Unverified as verdict:
        print(verdict)
        return 1
    except (WrongCall, OSError) as wrong:
        print(wrong, file=sys.stderr)
        return 2
    what = f"entries, root {said.root.hex()}" if said.root else "keys"
    print(f"OK: {said.origin}, {said.size} {what}")
    return 0


# Credit reports: the data that a PDF carries, its signature, and the proof of its act.
# The pages themselves are under the seal, which takes more than this file to check.
def attachments(pdf: bytes) -> list[bytes]:
    """Return the files that are embedded in a PDF, in their order."""
    found = []
    for part in re.split(rb"/Type\s*/EmbeddedFile\b", pdf)[1:]:
        head, _, rest = part.partition(b"stream")
        content = re.sub(rb"^\r?\n|\r?\n$", b"", rest.partition(b"endstream")[0])
        if b"/FlateDecode" in head:
            try:
                content = zlib.decompressobj().decompress(content, MOST_BYTES)
            except zlib.error:
                raise Unverified("MALFORMED: an attachment is damaged") from None
        found.append(content)
    return found


def verify_report(content: bytes, keys: Keys) -> tuple[Checkpoint, str]:
    """Verify what a report carries; return the checkpoint of its act, and its text."""
    try:
        data, encoded, proof = attachments(content)
        report, receipt = strict_json(data), strict_json(proof)
        signature = unbase64(encoded.decode())
        if report["format"] != REPORT or canonical(report).encode() != data:
            raise ValueError("format")
        said = verify_receipt(receipt, keys)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Unverified("MALFORMED: this is no credit report") from None
    entry = receipt["entry"]
    if (entry["kind"], entry["body"].get("sha256")) != (
        ISSUED,
        sha256(data).hexdigest(),
    ):
        raise Unverified("REPORT: the data are not those that were issued")
    message = f"{REPORT}\n".encode() + data
    if not read_key(receipt["public_key"]).has_signed(message, signature):
        raise Unverified("SIGNATURE: the data were signed otherwise")
    return said, receipt["checkpoint"]


def verify_erased(act: Any, keys: Keys) -> Checkpoint:
    """Verify that an act stands in the ledger whose content was erased."""
    try:
        if sorted(act) != ERASED_PARTS or type(act["seq"]) is not int:
            raise ValueError("parts")
        named, digest = read_key(act["public_key"]), unhex(act["digest"])
        proof = [unhex(each) for each in act["inclusion_proof"]]
        _split(act["checkpoint"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Unverified("MALFORMED: this is no act of a ledger") from None
    if named not in keys:
        raise Unverified("KEY: the receipt names a key that is not trusted")
    said = believe(act["checkpoint"], keys, named)
    if said.size != act["size"] or not 0 <= act["seq"] < said.size:
        raise Unverified("CHECKPOINT: it is not one that the act stands under")
    if climb(leaf(digest), act["seq"], said.size, proof) != said.root:
        raise Unverified("INCLUSION: the act is not under the signed root")
    return said


# What a document is verified by, by its format: a new kind of document goes here.
DOCUMENTS: dict[str, Callable[[Any, Keys], Checkpoint]] = {
    FORMAT: verify_receipt,
    ERASED: verify_erased,
}


def verify_lines(lines: list[bytes], keys: Keys) -> tuple[Checkpoint, str]:
    """Verify an export of acts, one a line: all under one checkpoint, in order."""
    found = [verify_document(line, keys) for line in lines]
    acts = [strict_json(line) for line in lines]
    places = [act.get("entry", act)["seq"] for act in acts]
    if len(set(found)) > 1:
        raise Unverified("CHECKPOINT: the acts stand under different checkpoints")
    if places != sorted(set(places)):
        raise Unverified("ORDER: an act stands twice, or in another place")
    return found[0]


def verify_document(content: bytes, keys: Keys) -> tuple[Checkpoint, str]:
    """Verify a document; return the checkpoint that it stands under, and its text."""
    if content.startswith(b"%PDF"):
        return verify_report(content, keys)
    if len(lines := content.splitlines()) > 1 and lines[0].endswith(b"}"):
        return verify_lines(lines, keys)
    try:
        document = strict_json(content)
        verify = DOCUMENTS[document["format"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Unverified("MALFORMED: this is no document of a ledger") from None
    return verify(document, keys), document["checkpoint"]


def _run(options: argparse.Namespace) -> Checkpoint:
    named = [load_key(text) for text in options.key]
    keys = {key: Term() for key in named}
    listed = options.list if options.task == "keys" else options.keys
    if listed is not None:
        keys = follow(listed.read_bytes(), named)
    if options.task == "keys":
        return Checkpoint(named[0].name, len(keys), b"")
    seen = [believe(_text(path), keys) for path in options.seen]
    if options.task == "receipt":
        said, note = verify_document(options.file.read_bytes(), keys)
        seen.append(said)
        if options.tiles is None:
            return _settled(said, note, options.witness)
    if options.task == "consistency":
        seen += [believe(_text(path), keys) for path in (options.old, options.new)]
        if seen[-1].size < seen[-2].size:
            raise Unverified("OLDER: the new checkpoint has fewer entries")
    now, rows = verify_tiles(options.tiles, keys)
    for one in seen:
        verify_growth(one, now, rows)
    return _settled(now, _text(options.tiles / "checkpoint"), options.witness)


def _settled(said: Checkpoint, note: str, witnesses: list[str]) -> Checkpoint:
    """Return the checkpoint on which all rests, if it is beyond doubt."""
    agreed = is_witnessed(note, [load_key(text) for text in witnesses])
    if witnesses and not agreed:
        raise Unverified("WITNESS: none of these witnesses cosigned the checkpoint")
    if said.tainted and not agreed:
        raise Unverified(
            "REVOKED: the key was stolen later, so this may be backdated; hold it"
            " against --tiles of today, name a --witness, or ask for a new receipt"
        )
    return said


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Verify what a Xinheng ledger says.")
    tasks = parser.add_subparsers(dest="task", required=True)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--key", action="append", required=True)
    common.add_argument("--keys", type=Path)
    common.add_argument("--seen", action="append", type=Path, default=[])
    common.add_argument("--witness", action="append", default=[])
    one = tasks.add_parser("receipt", parents=[common])
    one.add_argument("file", type=Path)
    one.add_argument("--tiles", type=Path)
    tasks.add_parser("tiles", parents=[common]).add_argument("tiles", type=Path)
    two = tasks.add_parser("consistency", parents=[common])
    two.add_argument("old", type=Path)
    two.add_argument("new", type=Path)
    two.add_argument("--tiles", type=Path, required=True)
    tasks.add_parser("keys", parents=[common]).add_argument("list", type=Path)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
