"""`xinheng reconcile`: where every record stands with every platform."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from xinheng.cli import failures
from xinheng.cli.environment import prepare, with_directory, with_json


@click.command("reconcile")
@click.argument("target", required=False)
@click.option("--ask", is_flag=True, help="Ask the platform what it holds.")
@click.option(
    "--feedback",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file of TARGET's feedback (CSV, XLSX, JSON) to take first.",
)
@with_directory
@with_json
def command(
    target: str | None,
    ask: bool,
    feedback: Path | None,
    directory: Path | None,
    as_json: bool,
) -> None:
    """Count what is due, accepted, refused and open; due is the sum of the three.

    Of a file of feedback, lines that can't be followed are printed and kept for
    inspection: nothing is marked by them.
    """
    if feedback is not None and target is None:
        raise click.UsageError("--feedback needs a TARGET.")
    prepare(directory, as_json=as_json, must_exist=True)
    from xinheng.cli import exchanging, handing_over

    taken = None
    if feedback is not None and target is not None:
        taken = handing_over.take_feedback(target, feedback, as_json=as_json)
    told = exchanging.reconcile(target, ask=ask, as_json=as_json)
    if as_json:
        failures.print_json({"targets": told, "feedback": taken})
    else:
        _print_taken(taken)
        for each in told:
            click.echo("\t".join(f"{key}={value}" for key, value in each.items()))
    if any(_is_unsettled(each) for each in told) or (taken and taken["kept"]):
        raise SystemExit(failures.NOT_ACCEPTED)


def _print_taken(taken: Mapping[str, Any] | None) -> None:
    if taken is None:
        return
    counts = ("source", "lines", "accepted", "refused", "unchanged")
    click.echo("\t".join(f"{name}={taken[name]}" for name in counts))
    for each in taken["kept"]:
        click.echo("\t".join(["kept", *(str(value) for value in each.values())]))


def _is_unsettled(standing: dict[str, object]) -> bool:
    compared = standing["compared"]
    is_missing = isinstance(compared, dict) and bool(compared["missing"])
    return bool(standing["refused"]) or is_missing
