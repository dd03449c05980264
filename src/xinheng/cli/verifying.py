"""What `verify` does: the outsider's verifier, and the seal that it can't check."""

from __future__ import annotations

import io
import json
import logging
import zipfile
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import click

from xinheng import verifier
from xinheng.apps.reports import sealing
from xinheng.cli import failures
from xinheng.cli.environment import prepare
from xinheng.verifier import Key, Keys, Term, Unverified, WrongCall

PDF, ZIP = b"%PDF", b"PK"
MOST_BYTES = 64 * 1024 * 1024
TOLD = ("kind", "as_of", "ledger_size", "purpose", "receiver", "unit")


def verify(
    file: Path, named: Sequence[str], *, directory: Path | None, as_json: bool
) -> dict[str, Any]:
    """Return the verdict on a file; leave where file or key can't be read."""
    try:
        content = file.read_bytes()
    except OSError as refused:
        failures.fail(
            "FILE",
            f"文件无法读取：{refused.strerror}。",
            f"The file can't be read: {refused.strerror}.",
            as_json=as_json,
        )
    keys = _keys(named, directory, as_json=as_json)
    try:
        content = _unpacked(content)
        said, _ = verifier.verify_document(content, keys)
        if said.tainted:
            raise Unverified(
                "REVOKED: the key was stolen later, so this may be backdated"
            )
        if content.startswith(PDF):
            return _report(content, said.size)
    except Unverified as verdict:
        return {"ok": False, "problem": str(verdict)}
    return {"ok": True, "origin": said.origin, "size": said.size}


def _unpacked(content: bytes) -> bytes:
    """Return the receipt in a package of tasks, once the table beside it is its own."""
    if not content.startswith(ZIP):
        return content
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            if max(each.file_size for each in package.infolist()) > MOST_BYTES:
                raise Unverified("MALFORMED: the package is too large")
            table, receipt = package.read("tasks.csv"), package.read("receipt.json")
        entry = json.loads(receipt)["entry"]
        told = (entry["kind"], entry["body"]["sha256"])
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError, RuntimeError):
        raise Unverified("MALFORMED: this is no package of tasks") from None
    if told != ("measures.file_issued", sha256(table).hexdigest()):
        raise Unverified("TABLE: the table is not the one that was issued")
    return receipt


def _report(content: bytes, size: int) -> dict[str, Any]:
    """Check the seal of a report whose data verified."""
    data = json.loads(verifier.attachments(content)[0])
    _hush()
    try:
        sealing.require(content, fingerprint=data["certificate_sha256"])
    except sealing.BrokenSealError:
        raise Unverified(
            "SEAL: the file is not, byte by byte, the one that was sealed"
        ) from None
    return {
        "ok": True,
        "origin": data["ledger"],
        "size": size,
        "uscc": data["organization"]["uscc"],
        "name": data["organization"]["name"],
        **{name: data[name] for name in TOLD},
    }


def _hush() -> None:
    """Keep what the PDF library remarks on broken files off standard error."""
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
    logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)


def _keys(named: Sequence[str], directory: Path | None, *, as_json: bool) -> Keys:
    """Return the keys that were named, or those of the register at hand."""
    try:
        given = [verifier.load_key(text) for text in named]
    except WrongCall as wrong:
        failures.fail("KEY", "公钥无法读取。", str(wrong), as_json=as_json)
    if given:
        return {key: Term() for key in given}
    prepare(directory, as_json=as_json, must_exist=True)
    from xinheng.apps.ledger import key_history

    return {_own(term.key.text()): _term(term) for term in key_history.list_terms()}


def _own(text: str) -> Key:
    return verifier.read_key(text)


def _term(term: Any) -> Term:
    return Term(term.from_size, term.to_size, term.ended_by, term.trusted_to)


def tell(answer: dict[str, Any]) -> None:
    """Print a verdict for people."""
    if answer["ok"]:
        for key, value in answer.items():
            click.echo(f"{key}\t{'' if value is None else value}")
    else:
        click.echo(f"xinheng: 未通过核验。 {answer['problem']}", err=True)
