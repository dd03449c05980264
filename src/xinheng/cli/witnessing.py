"""A witness at work: it follows one ledger over HTTP and agrees only to what continues.

It needs no database. In its own directory it keeps

    witness.key     its private key (PKCS #8 PEM)
    witness.pub     its public key, which the ledger's operator is given
    seen/           the last checkpoint of each ledger that it agreed to
    evidence/       what it refused to agree to, with what it had seen before

What it has seen is on the disk before its word leaves the machine, and two runs at once
exclude each other, so it never agrees to two pasts.

Source: C2SP tlog-witness, tlog-cosignature; the checkpoints are fetched, not pushed.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import httpx

from xinheng.apps.ledger import keys, suites
from xinheng.core.merkle import checkpoint
from xinheng.core.merkle.checkpoint import (
    Checkpoint,
    MalformedNoteError,
    Note,
    PublicKey,
    Signature,
    Suite,
)
from xinheng.core.merkle.witnessing import find_objection

KEY, PUBLIC = "witness.key", "witness.pub"
MOST_BYTES = 1024 * 1024
TIMEOUT_SECONDS = 30


class WitnessError(Exception):
    """The witness does not agree, or can't tell; `code` says in a word why.

    `evidence` is the file that shows it, where a ledger contradicted itself.
    """

    def __init__(self, code: str, evidence: Path | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.evidence = evidence


@dataclass(frozen=True, slots=True)
class Agreed:
    """What the witness agreed to, and whether the ledger took its word."""

    origin: str
    size: int
    root: str
    was_new: bool
    was_taken: bool


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness: its directory, its private key, its public one."""

    home: Path
    private: suites.PrivateKey
    public: PublicKey


def create(home: Path, name: str) -> str:
    """Make a witness and return its public key.

    Raises:
        FileExistsError: where there is one.
        OSError: where it can't be written.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    private = suites.generate(Suite.ED25519)
    text = PublicKey(name, private.public, Suite.COSIGNATURE).text()
    descriptor = os.open(home / KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(private.pem())
    _write(home / PUBLIC, text + "\n")
    return text


def load(home: Path) -> Witness:
    """Return the witness of a directory.

    Raises:
        WitnessError: NO_WITNESS where there is none that can be read.
    """
    try:
        private = suites.parse((home / KEY).read_bytes())
        public = checkpoint.parse_public_key((home / PUBLIC).read_text().strip())
    except (OSError, ValueError):
        raise WitnessError("NO_WITNESS") from None
    return Witness(home, private, public)


def follow_once(
    witness: Witness, *, url: str, trusted: Sequence[PublicKey], at: datetime
) -> Agreed:
    """Look at a ledger once; agree, or say why not.

    `url` is that of the site, such as https://credit.example.gov.cn; nothing else is
    ever asked, and no answer leads elsewhere.

    Raises:
        WitnessError: UNREACHABLE, MALFORMED, UNSIGNED, CUT_BACK, FORKED, OTHER_LOG,
            BUSY where another run is at it.
    """
    with _client(url) as client, _alone(witness.home):
        offered = _read(_get(client, "ledger/checkpoint").text)
        says = offered.checkpoint()
        if not any(
            key.name == says.origin and keys.is_signed_by(offered, key)
            for key in trusted
        ):
            raise WitnessError("UNSIGNED")
        seen = _seen(witness, says.origin)
        _require_growth(witness, client, seen, offered, at=at)
        _write(_place(witness, says.origin), offered.text())
        line = _cosign(witness, offered, at=at)
        was_taken = _hand_in(client, offered.text() + line.line())
    was_new = seen is None or seen.checkpoint() != says
    return Agreed(says.origin, says.size, says.root.hex(), was_new, was_taken)


def _require_growth(
    witness: Witness,
    client: httpx.Client,
    seen: Note | None,
    offered: Note,
    *,
    at: datetime,
) -> None:
    old, new = seen.checkpoint() if seen else None, offered.checkpoint()
    proof = _proof(client, old, new)
    objection = find_objection(seen=old, offered=new, proof=proof)
    if objection is None:
        return
    evidence = {
        "objection": objection.value,
        "at": at.isoformat(),
        "seen": seen.text() if seen else None,
        "offered": offered.text(),
        "proof": [each.hex() for each in proof],
    }
    mark = sha256(offered.text().encode()).hexdigest()[:12]
    path = witness.home / "evidence" / f"{objection.value}-{new.size}-{mark}.json"
    _write(path, json.dumps(evidence, ensure_ascii=False, indent=2) + "\n")
    raise WitnessError(objection.value, path)


def _proof(
    client: httpx.Client, old: Checkpoint | None, new: Checkpoint
) -> list[bytes]:
    """Return the proof from the one to the other; none where none can be."""
    if old is None or not 0 < old.size < new.size:
        return []
    asked = f"ledger/consistency?first={old.size}&second={new.size}"
    try:
        answer = json.loads(_get(client, asked).text)
        return [bytes.fromhex(each) for each in answer["proof"]]
    except (KeyError, TypeError, ValueError):
        raise WitnessError("MALFORMED") from None


def _cosign(witness: Witness, offered: Note, *, at: datetime) -> Signature:
    made = suites.cosign(witness.private, offered.body, seconds=int(at.timestamp()))
    return Signature(witness.public.name, witness.public.key_id, made)


def _hand_in(client: httpx.Client, note: str) -> bool:
    try:
        answer = client.post(
            "ledger/cosignatures",
            content=note.encode(),
            headers={"Content-Type": "text/plain; charset=utf-8"},
        )
    except httpx.HTTPError:
        return False
    return answer.is_success


def _client(url: str) -> httpx.Client:
    return httpx.Client(
        base_url=f"{url.rstrip('/')}/api/v1/",
        timeout=TIMEOUT_SECONDS,
        follow_redirects=False,
        trust_env=False,
    )


def _get(client: httpx.Client, path: str) -> httpx.Response:
    try:
        with client.stream("GET", path) as answer:
            content = b""
            for part in answer.iter_bytes():
                content += part
                if len(content) > MOST_BYTES:
                    raise WitnessError("MALFORMED")
    except (httpx.HTTPError, httpx.InvalidURL):
        raise WitnessError("UNREACHABLE") from None
    if answer.status_code != httpx.codes.OK:
        raise WitnessError("UNREACHABLE")
    return httpx.Response(answer.status_code, content=content)


def _read(text: str) -> Note:
    """Read our ledger's checkpoint; cosignatures of others are left aside."""
    try:
        note = checkpoint.parse(text)
        origin = note.checkpoint().origin
    except MalformedNoteError:
        raise WitnessError("MALFORMED") from None
    own = tuple(line for line in note.signatures if line.name == origin)
    return Note(note.body, own)


def _seen(witness: Witness, origin: str) -> Note | None:
    path = _place(witness, origin)
    return _read(path.read_text(encoding="utf-8")) if path.exists() else None


def _place(witness: Witness, origin: str) -> Path:
    return witness.home / "seen" / sha256(origin.encode()).hexdigest()[:32]


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Hold the directory; what another process agrees to must not cross."""
    with (home / ".lock").open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WitnessError("BUSY") from None
        yield


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all, and force it to the disk."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
