"""`xinheng send`: send what is owed to other platforms."""

from __future__ import annotations

from pathlib import Path

import click

from xinheng.cli import failures
from xinheng.cli.environment import prepare, with_directory, with_json


@click.command("send")
@click.argument("target", required=False)
@with_directory
@with_json
def command(target: str | None, directory: Path | None, as_json: bool) -> None:
    """Send what is owed to TARGET, or to every platform in XINHENG_TARGETS."""
    prepare(directory, as_json=as_json, must_exist=True)
    from xinheng.cli import exchanging

    ran = exchanging.send(target, as_json=as_json)
    if as_json:
        failures.print_json({"targets": ran})
    else:
        for each in ran:
            click.echo("\t".join(f"{key}={value}" for key, value in each.items()))
    if any(each["refused"] or each["stopped"] for each in ran):
        raise SystemExit(failures.NOT_ACCEPTED)
