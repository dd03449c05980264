"""`xinheng reconcile`: where every record stands with every platform."""

from __future__ import annotations

from pathlib import Path

import click

from xinheng.cli import failures
from xinheng.cli.environment import prepare, with_directory, with_json


@click.command("reconcile")
@click.argument("target", required=False)
@click.option("--ask", is_flag=True, help="Ask the platform what it holds.")
@with_directory
@with_json
def command(
    target: str | None, ask: bool, directory: Path | None, as_json: bool
) -> None:
    """Count what is due, accepted, refused and open; due is the sum of the three."""
    prepare(directory, as_json=as_json, must_exist=True)
    from xinheng.cli import exchanging

    told = exchanging.reconcile(target, ask=ask, as_json=as_json)
    if as_json:
        failures.print_json({"targets": told})
    else:
        for each in told:
            click.echo("\t".join(f"{key}={value}" for key, value in each.items()))
    if any(_is_unsettled(each) for each in told):
        raise SystemExit(failures.NOT_ACCEPTED)


def _is_unsettled(standing: dict[str, object]) -> bool:
    compared = standing["compared"]
    is_missing = isinstance(compared, dict) and bool(compared["missing"])
    return bool(standing["refused"]) or is_missing
