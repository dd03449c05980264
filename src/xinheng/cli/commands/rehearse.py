"""`xinheng rehearse`: the latest records to a simulated platform."""

from __future__ import annotations

from pathlib import Path

import click

from xinheng.cli import failures
from xinheng.cli.environment import prepare, with_directory, with_json
from xinheng.core.exchange.upper_rules import Trouble


@click.command("rehearse")
@click.argument("profile")
@click.option("--seed", default=1, show_default=True, help="Of the hidden rules.")
@click.option(
    "--rows",
    default=500,
    show_default=True,
    type=click.IntRange(1, 5_000),
    help="How many of the latest records of each dataset.",
)
@click.option(
    "--batches",
    default=3,
    show_default=True,
    type=click.IntRange(1, 20),
    help="How many of a target's last batches; what is due to it is sent too.",
)
@click.option(
    "--trouble",
    "troubles",
    multiple=True,
    type=click.Choice([str(each) for each in Trouble]),
    help="A kind of hidden rule; several may be given. Drawn by the seed without.",
)
@with_directory
@with_json
def command(
    profile: str,
    seed: int,
    rows: int,
    batches: int,
    troubles: tuple[str, ...],
    directory: Path | None,
    as_json: bool,
) -> None:
    """Try PROFILE on a simulated platform; nothing leaves.

    With the name of a target: its last batches and what is due to it. With that of a
    profile: the records that landed last.
    """
    prepare(directory, as_json=as_json, must_exist=True)
    from xinheng.cli import exchanging

    found = exchanging.rehearse(
        profile,
        seed=seed,
        rows=rows,
        batches=batches,
        troubles=troubles,
        as_json=as_json,
    )
    if as_json:
        failures.print_json(found)
    else:
        _print(found)
    if found["refused"] or found["open"]:
        raise SystemExit(failures.NOT_ACCEPTED)


def _print(found: dict[str, object]) -> None:
    for name in ("rows", "accepted", "refused", "open", "gone", "packages"):
        click.echo(f"{name}\t{found[name]}")
    batches = found["batches"]
    for each in batches if isinstance(batches, list) else ():
        click.echo("\t".join(["batch", *(str(value) for value in each.values())]))
    changes = found["changes"]
    for lines in changes if isinstance(changes, list) else ():
        click.echo("\n".join(lines))
    refusals = found["refusals"]
    for each in refusals if isinstance(refusals, list) else ():
        click.echo("\t".join(str(value) for value in each.values()))
