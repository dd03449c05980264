"""`xinheng worker`: processes what was handed in through the desk and the API."""

from __future__ import annotations

from pathlib import Path

import click

from xinheng.cli.environment import prepare, with_directory


@click.command("worker")
@click.option("--once", is_flag=True, help="Work off what waits, then leave.")
@with_directory
def command(once: bool, directory: Path | None) -> None:
    """Check and land received files, one after the other."""
    prepare(directory)
    from xinheng.cli import serving

    serving.work(once=once)
