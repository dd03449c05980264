"""`xinheng send`: send what is owed to other platforms."""

from __future__ import annotations

from pathlib import Path

import click

from xinheng.cli import failures
from xinheng.cli.environment import prepare, with_directory, with_json


@click.command("send")
@click.argument("target", required=False)
@click.option(
    "--replay",
    "batches",
    type=click.IntRange(1, 20),
    help="Send what TARGET does not hold of its last so many batches, nothing else.",
)
@with_directory
@with_json
def command(
    target: str | None, batches: int | None, directory: Path | None, as_json: bool
) -> None:
    """Send what is owed to TARGET, or to every platform in XINHENG_TARGETS."""
    if batches is not None and target is None:
        raise click.UsageError("--replay needs a TARGET.")
    prepare(directory, as_json=as_json, must_exist=True)
    from xinheng.cli import exchanging

    if batches is not None and target is not None:
        ran = exchanging.replay(target, batches=batches, as_json=as_json)
    else:
        ran = exchanging.send(target, as_json=as_json)
    if as_json:
        failures.print_json({"targets": ran})
    else:
        for each in ran:
            click.echo("\t".join(f"{key}={value}" for key, value in each.items()))
    if any(each["refused"] or each["stopped"] for each in ran):
        raise SystemExit(failures.NOT_ACCEPTED)
