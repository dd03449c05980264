"""`xinheng follow`: take what changed at other installations."""

from __future__ import annotations

from pathlib import Path

import click

from xinheng.cli import failures
from xinheng.cli.environment import prepare, with_directory, with_json


@click.command("follow")
@click.argument("neighbor", required=False)
@with_directory
@with_json
def command(neighbor: str | None, directory: Path | None, as_json: bool) -> None:
    """Follow the feed of NEIGHBOR, or of every one in XINHENG_TARGETS."""
    prepare(directory, as_json=as_json, must_exist=True)
    from xinheng.cli import neighboring

    done = neighboring.follow(neighbor, as_json=as_json)
    if as_json:
        failures.print_json({"neighbors": done})
    else:
        for each in done:
            click.echo("\t".join(f"{key}={value}" for key, value in each.items()))
    if any(each["error"] for each in done):
        raise SystemExit(failures.NOT_ACCEPTED)
