"""`xinheng ledger key`: the keys that sign, and how they are changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xinheng.cli import failures
from xinheng.cli.environment import with_directory, with_json
from xinheng.cli.opening import opened

if TYPE_CHECKING:
    from xinheng.apps.ledger.key_changes import Changed

SUITES = {"ed25519": "ED25519", "sm2": "SM2"}
# Why a change of keys is refused, in words.
REFUSALS = {
    "EMPTY_LEDGER": (
        "账本尚无记载，首个密钥会自动生成。",
        "The ledger is empty; its first key makes itself.",
    ),
    "NOT_LOST": (
        "当前签名密钥就在本机，没有遗失；更换请用 rotate，泄露请用 revoke。",
        "The key that signs is here: use rotate to change it, revoke if it was stolen.",
    ),
    "UNKNOWN_KEY": (
        "账本没有这个密钥；遗失时请用 --public-key 给出其公钥。",
        "The ledger has no such key; name a lost one's public half with --public-key.",
    ),
    "ALREADY_REVOKED": ("该密钥已被撤销。", "This key was revoked already."),
    "SIZE": (
        "该密钥没有签署过这个长度，请核对 --trusted-to。",
        "This key did not sign at that size; check --trusted-to.",
    ),
}

with_suite = click.option(
    "--suite",
    type=click.Choice(sorted(SUITES)),
    default="ed25519",
    show_default=True,
    help="How the new key signs.",
)


@click.group("key", invoke_without_command=True)
@with_directory
@with_json
@click.pass_context
def command(context: click.Context, directory: Path | None, as_json: bool) -> None:
    """Print the public key that signs now; subcommands list and change keys."""
    if context.invoked_subcommand is not None:
        return
    with opened(directory, as_json=as_json):
        from xinheng.apps.ledger import key_history

        text = key_history.present().key.text()
    if as_json:
        failures.print_json({"public_key": text})
    else:
        click.echo(text)


@command.command("list")
@with_directory
@with_json
def list_(directory: Path | None, as_json: bool) -> None:
    """Show every key and the ledger sizes that it signs; --json is the proved list."""
    with opened(directory, as_json=as_json):
        from xinheng.apps.ledger import key_history, key_list

        terms = key_history.list_terms()
        if as_json:
            failures.print_json(key_list.published())
            return
    for term in terms:
        written = term.written()
        ended = written["to_size"] if term.to_size is not None else ""
        trusted = "" if term.trusted_to is None else f"trusted to {term.trusted_to}"
        state = " ".join(filter(None, [str(term.ended_by or ""), trusted]))
        click.echo(f"{term.from_size}\t{ended}\t{state}\t{term.key.text()}")


@command.command()
@with_suite
@with_directory
@with_json
def rotate(suite: str, directory: Path | None, as_json: bool) -> None:
    """Hand over to a new key; the present one signs the handover and then no more."""
    with _changing(directory, as_json=as_json) as call:
        from xinheng.apps.ledger import key_changes

        changed = key_changes.rotate(**_chosen(suite), **call)
    _tell(changed, as_json=as_json)


@command.command()
@with_suite
@click.option("--public-key", help="The lost key's public half, if nobody knows it.")
@with_directory
@with_json
def lost(
    suite: str, public_key: str | None, directory: Path | None, as_json: bool
) -> None:
    """Begin a new key because the present one is gone for good; publish the new one."""
    with _changing(directory, as_json=as_json) as call:
        from xinheng.apps.ledger import key_changes

        changed = key_changes.replace_lost(lost=public_key, **_chosen(suite), **call)
    _tell(changed, as_json=as_json)


@command.command()
@click.argument("key_id")
@click.option(
    "--trusted-to",
    required=True,
    type=click.IntRange(0),
    help="The last ledger size at which nobody else had the key; 0 if never.",
)
@with_suite
@with_directory
@with_json
def revoke(
    key_id: str, trusted_to: int, suite: str, directory: Path | None, as_json: bool
) -> None:
    """Revoke a key that others know, by its id; if it signs now, a new one begins."""
    with _changing(directory, as_json=as_json) as call:
        from xinheng.apps.ledger import key_changes

        changed = key_changes.revoke(
            key_id=key_id, trusted_to=trusted_to, **_chosen(suite), **call
        )
    _tell(changed, as_json=as_json)


@contextmanager
def _changing(directory: Path | None, *, as_json: bool) -> Iterator[dict[str, Any]]:
    """Open the register for a change by its operator, now; tell why it is refused."""
    with opened(directory, as_json=as_json):
        from django.utils import timezone

        from xinheng.apps.accounts.actors import OPERATOR
        from xinheng.apps.ledger.key_changes import KeyChangeRefusedError

        try:
            yield {"actor": OPERATOR.account_id, "at": timezone.now()}
        except KeyChangeRefusedError as refused:
            failures.refuse(refused.code, *REFUSALS[refused.code], as_json=as_json)


def _chosen(suite: str) -> dict[str, Any]:
    from xinheng.core.merkle.public_keys import Suite

    return {"suite": Suite[SUITES[suite]]}


def _tell(changed: Changed, *, as_json: bool) -> None:
    if as_json:
        failures.print_json(
            {
                "public_key": changed.public_key,
                "path": str(changed.path) if changed.path else None,
                "size": changed.size,
                "checkpoint": changed.checkpoint,
            }
        )
        return
    click.echo(changed.public_key)
    if changed.path:
        click.echo(
            f"xinheng: 新密钥在“{changed.path}”，请立即单独备份，并公布上面的公钥。"
            f" The new key lies in {changed.path}: back it up apart from the database"
            " now, and publish the public key above.",
            err=True,
        )
