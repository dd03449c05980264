"""`xinheng webhooks`: where changes of measures are sent, and what was given up."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from xinheng.cli import failures
from xinheng.cli.environment import prepare, with_directory, with_json


@click.group("webhooks")
def command() -> None:
    """Webhooks of the units: signed messages about their measures."""


@command.command()
@click.argument("name")
@click.option("--unit", required=True, help="The unit, by code or name.")
@click.option("--url", required=True, help="Where to send, as https://...")
@click.option(
    "--topic",
    default="measures.",
    show_default=True,
    help="A topic, or the beginning of topics with a full stop at its end.",
)
@with_directory
@with_json
def add(
    name: str, unit: str, url: str, topic: str, directory: Path | None, as_json: bool
) -> None:
    """Enter the webhook NAME, or change its address; print its secret."""
    prepare(directory, as_json=as_json)
    from xinheng.cli import subscribing

    _print(
        subscribing.add(name=name, unit=unit, url=url, topic=topic, as_json=as_json),
        as_json=as_json,
    )


@command.command("list")
@with_directory
@with_json
def list_(directory: Path | None, as_json: bool) -> None:
    """Show the webhooks, and how many messages wait or were given up."""
    prepare(directory, as_json=as_json)
    from xinheng.cli import subscribing

    _print(subscribing.listed(), as_json=as_json)


@command.command()
@click.argument("name")
@with_directory
@with_json
def remove(name: str, directory: Path | None, as_json: bool) -> None:
    """End a webhook; what waits for it still leaves."""
    prepare(directory, as_json=as_json)
    from xinheng.cli import subscribing

    _print(subscribing.remove(name=name, as_json=as_json), as_json=as_json)


@command.command()
@click.argument("key", required=False)
@with_directory
@with_json
def requeue(key: str | None, directory: Path | None, as_json: bool) -> None:
    """Send again what was given up: the message KEY, or all of them."""
    prepare(directory, as_json=as_json)
    from xinheng.cli import subscribing

    _print(subscribing.requeue(key=key, as_json=as_json), as_json=as_json)


def _print(answer: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        failures.print_json(answer)
        return
    for key, value in answer.items():
        rows = value if isinstance(value, list) else [{key: value}]
        for row in rows:
            click.echo("\t".join(str(each) for each in row.values()))
