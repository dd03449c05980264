"""`xinheng keys`: service keys of units' machines, to hand in or to look up."""

from __future__ import annotations

from pathlib import Path

import click

from xinheng.cli import failures
from xinheng.cli.environment import prepare, with_directory, with_json

with_days = click.option(
    "--days",
    default=365,
    show_default=True,
    type=click.IntRange(1, 400),
    help="How long the key holds.",
)


@click.group("keys")
def command() -> None:
    """Service keys of the units' machines."""


@command.command()
@click.option("--unit", required=True, help="The unit, by code or name.")
@click.option(
    "--matter",
    "matters",
    multiple=True,
    help="Make it a key to look organizations up in this matter; may be repeated.",
)
@click.option("--purpose", default="", help="What such a key is for.")
@with_days
@with_directory
@with_json
def issue(
    unit: str,
    matters: tuple[str, ...],
    purpose: str,
    days: int,
    directory: Path | None,
    as_json: bool,
) -> None:
    """Issue a key for a unit and show it, this once.

    Without --matter the key hands files in; with it, it looks organizations up.
    """
    prepare(directory, as_json=as_json)
    from xinheng.cli import administering

    with administering.refusals(as_json=as_json):
        answer = administering.issue_key(
            unit=unit, days=days, matters=matters, purpose=purpose
        )
    _print(answer, as_json=as_json)


@command.command()
@click.argument("prefix")
@with_days
@with_directory
@with_json
def rotate(prefix: str, days: int, directory: Path | None, as_json: bool) -> None:
    """Issue the next key of a unit; the former one holds for another day."""
    prepare(directory, as_json=as_json)
    from xinheng.cli import administering

    with administering.refusals(as_json=as_json):
        answer = administering.rotate_key(prefix=prefix, days=days)
    _print(answer, as_json=as_json)


@command.command()
@click.argument("prefix")
@with_directory
@with_json
def revoke(prefix: str, directory: Path | None, as_json: bool) -> None:
    """End a key at once."""
    prepare(directory, as_json=as_json)
    from xinheng.cli import administering

    with administering.refusals(as_json=as_json):
        answer = administering.revoke_key(prefix=prefix)
    _print(answer, as_json=as_json)


@command.command("list")
@click.option("--unit", help="Only this unit's keys.")
@with_directory
@with_json
def list_(unit: str | None, directory: Path | None, as_json: bool) -> None:
    """Show the keys' prefixes and terms."""
    prepare(directory, as_json=as_json)
    from xinheng.cli import administering

    with administering.refusals(as_json=as_json):
        answer = administering.list_keys(unit=unit)
    if as_json:
        failures.print_json(answer)
        return
    for key in answer["keys"]:
        until = key["revoked_at"] or key["expires_at"]
        click.echo(f"{key['prefix']}\t{key['unit']}\t{key['issued_at']}\t{until}")


def _print(answer: dict[str, str], *, as_json: bool) -> None:
    if as_json:
        failures.print_json(answer)
        return
    click.echo("\n".join(f"{key}\t{value}" for key, value in answer.items()))
