"""`xinheng package`: what would be sent to a platform, as files."""

from __future__ import annotations

from pathlib import Path

import click

from xinheng.cli import failures
from xinheng.cli.environment import prepare, with_directory, with_json


@click.command("package")
@click.argument("target")
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the packages and manifest.json go.",
)
@with_directory
@with_json
def command(target: str, out: Path, directory: Path | None, as_json: bool) -> None:
    """Write what is due to TARGET as packages; nothing leaves."""
    prepare(directory, as_json=as_json, must_exist=True)
    from xinheng.cli import exchanging

    made = exchanging.package(target, out, as_json=as_json)
    if as_json:
        failures.print_json(made)
    else:
        for each in made["packages"]:
            click.echo(f"{each['file']}\t{each['rows']}\t{each['bytes']}")
    if made["refused"]:
        raise SystemExit(failures.NOT_ACCEPTED)
