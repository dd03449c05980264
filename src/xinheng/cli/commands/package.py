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
@click.option(
    "--carried",
    is_flag=True,
    help="Note the packages as sent: a person takes them there.",
)
@with_directory
@with_json
def command(
    target: str, out: Path, carried: bool, directory: Path | None, as_json: bool
) -> None:
    """Write what is due to TARGET as packages; nothing leaves."""
    prepare(directory, as_json=as_json, must_exist=True)
    from xinheng.cli import handing_over

    made = handing_over.package(target, out, is_carried=carried, as_json=as_json)
    if as_json:
        failures.print_json(made)
    else:
        for each in made["packages"]:
            click.echo(f"{each['file']}\t{each['rows']}\t{each['bytes']}")
        for each in made["refused"]:
            click.echo("\t".join(str(value) for value in each.values()))
    if made["refused"]:
        raise SystemExit(failures.NOT_ACCEPTED)
