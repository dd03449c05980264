#!/usr/bin/env python3
"""Verify what a Xinheng ledger hands out: one file, nothing to install.

    python verifier.py receipt RECEIPT.json --key KEY [--tiles DIRECTORY]
    python verifier.py tiles DIRECTORY --key KEY [--seen CHECKPOINT]
    python verifier.py consistency OLD NEW --tiles DIRECTORY --key KEY

KEY is the ledger's public key, `name+id+base64`, or a file that holds it. It comes from
somewhere else than the thing that is verified; give one for each key that the ledger
has had. `--seen` is a checkpoint that was kept earlier: an export that is older than
it, or does not continue it, is refused. With `--tiles` a receipt has to belong to that
export's past. Exit code 0: it verifies. 1: it does not, and a line says why. 2: a wrong
call, or a file that can't be read.

Written apart from the house's own code on purpose, so that one checks the other.
Sources: RFC 9162 (tree), RFC 8785 (canonical JSON), RFC 8032 (Ed25519), C2SP
signed-note, tlog-checkpoint and tlog-tiles.
"""

from __future__ import annotations

import argparse
import base64
import json
import re
import sys
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any, NamedTuple

FORMAT = "xinheng-receipt/1"
PARTS = "checkpoint digest entry format inclusion_proof public_key salt size".split()  # noqa: SIM905
COLUMNS = "actor body kind recorded_at seq subject".split()  # noqa: SIM905
WIDTH = 256
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
Key = tuple[str, bytes, bytes]  # name, key id, key
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


# Checkpoints.
class Checkpoint(NamedTuple):
    """A checkpoint whose signature was verified: log, leaves, root."""

    origin: str
    size: int
    root: bytes


def read_key(text: str) -> Key:
    """Return name, key id and key of a public key as it is written out."""
    name, key_id, encoded = text.strip().split("+", 2)
    raw = unbase64(encoded)
    wanted = sha256(name.encode() + b"\n" + raw).digest()[:4]
    if raw[:1] != b"\x01" or len(raw) != 33 or unhex(key_id, 4) != wanted:
        raise ValueError("key")
    return name, wanted, raw[1:]


def believe(note: str, keys: list[Key]) -> Checkpoint:
    """Return what a signed checkpoint says, where one of the keys has signed it."""
    try:
        body, below = note.rsplit("\n\n", 1)
        origin, size, root = body.split("\n")
        lines = [_signature(line) for line in below[:-1].split("\n")]
        if not below.endswith("\n") or str(int(size)) != size or int(size) < 0:
            raise ValueError("layout")
        said = Checkpoint(origin, int(size), unbase64(root))
    except ValueError:
        raise Unverified("CHECKPOINT: this is no signed checkpoint") from None
    message = (body + "\n").encode()
    for name, key_id, key in keys:
        mine = [raw for who, given, raw in lines if (who, given) == (name, key_id)]
        signed = mine and all(is_signature(key, message, raw) for raw in mine)
        if signed and name == origin and len(said.root) == 32:
            return said
    raise Unverified("SIGNATURE: none of the trusted keys has signed this checkpoint")


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
def verify_receipt(content: bytes, keys: list[Key]) -> Checkpoint:
    """Verify a receipt and return the checkpoint under which the act stands."""
    try:
        receipt = _read_receipt(content)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Unverified("MALFORMED: this is no receipt") from None
    if read_key(receipt["public_key"]) not in keys:
        raise Unverified("KEY: the receipt names a key that is not trusted")
    said = believe(receipt["checkpoint"], [read_key(receipt["public_key"])])
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


def _read_receipt(content: bytes) -> Any:
    """Return a receipt whose every part has its form."""
    receipt = strict_json(content)
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
    read_key(receipt["public_key"])
    return receipt


def verify_tiles(directory: Path, keys: list[Key]) -> tuple[Checkpoint, Any]:
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


def _load_key(text: str) -> Key:
    try:
        return read_key(text if text.count("+") > 1 else _text(Path(text)))
    except ValueError:
        raise WrongCall("KEY: this is no Ed25519 public key of a ledger") from None


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
    print(f"OK: {said.origin}, {said.size} entries, root {said.root.hex()}")
    return 0


def _run(options: argparse.Namespace) -> Checkpoint:
    keys = [_load_key(text) for text in options.key]
    seen = [believe(_text(path), keys) for path in options.seen]
    if options.task == "receipt":
        said = verify_receipt(options.file.read_bytes(), keys)
        seen.append(said)
        if options.tiles is None:
            return said
    if options.task == "consistency":
        seen += [believe(_text(path), keys) for path in (options.old, options.new)]
        if seen[-1].size < seen[-2].size:
            raise Unverified("OLDER: the new checkpoint has fewer entries")
    now, rows = verify_tiles(options.tiles, keys)
    for one in seen:
        verify_growth(one, now, rows)
    return now


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Verify what a Xinheng ledger says.")
    tasks = parser.add_subparsers(dest="task", required=True)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--key", action="append", required=True)
    common.add_argument("--seen", action="append", type=Path, default=[])
    one = tasks.add_parser("receipt", parents=[common])
    one.add_argument("file", type=Path)
    one.add_argument("--tiles", type=Path)
    tasks.add_parser("tiles", parents=[common]).add_argument("tiles", type=Path)
    two = tasks.add_parser("consistency", parents=[common])
    two.add_argument("old", type=Path)
    two.add_argument("new", type=Path)
    two.add_argument("--tiles", type=Path, required=True)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
