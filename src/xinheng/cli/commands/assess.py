"""`xinheng assess`: schemes of assessment are checked, proposed and tried."""

from __future__ import annotations

from pathlib import Path

import click

from xinheng.cli import failures
from xinheng.cli.environment import prepare, with_directory, with_json

with_file = click.argument(
    "file", type=click.Path(path_type=Path, dir_okay=False, exists=True)
)


@click.group("assess")
def command() -> None:
    """Schemes of performance assessment: check, propose, simulate."""


@command.command()
@with_file
@with_json
def check(file: Path, as_json: bool) -> None:
    """Check a scheme's FILE (TOML): do its points add up, can its rules be counted.

    Needs no database. Exit code 1 where something is wrong, 2 where it can't be read.
    """
    from xinheng.cli import assessing

    answer = assessing.check(assessing.read(file, as_json=as_json))
    if as_json:
        failures.print_json(answer)
    else:
        for each in answer["faults"]:
            click.echo(f"{each['code']}\t{each['message_zh']} {each['message_en']}")
        click.echo("ok" if answer["ok"] else "not ok")
    raise SystemExit(0 if answer["ok"] else failures.NOT_ACCEPTED)


@command.command()
@with_file
@with_directory
@with_json
def propose(file: Path, directory: Path | None, as_json: bool) -> None:
    """Propose a scheme's FILE, so that the credit office can try and adopt it."""
    from xinheng.cli import assessing

    scheme = assessing.read(file, as_json=as_json)
    prepare(directory, as_json=as_json, must_exist=True)
    from xinheng.cli import assessing_register

    answer = assessing_register.propose(scheme, as_json=as_json)
    if as_json:
        failures.print_json(answer)
    else:
        click.echo("\t".join(str(value) for value in answer.values()))


@command.command()
@click.argument("first", metavar="YYYY-MM")
@click.argument("last", metavar="YYYY-MM")
@click.option("--scheme", help="Name of a shipped scheme (default: the first).")
@click.option(
    "--file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="A scheme of your own, which is not kept.",
)
@with_directory
@with_json
def simulate(
    first: str,
    last: str,
    scheme: str | None,
    file: Path | None,
    directory: Path | None,
    *,
    as_json: bool,
) -> None:
    """Rank the units by a scheme for months that are over; nothing is kept.

    What is entered by hand is left out. Exit code 1: the scheme is faulty; 2: wrong
    call, or months that are not over.
    """
    from xinheng.cli import assessing

    asked = assessing.asked(scheme, file, as_json=as_json)
    prepare(directory, as_json=as_json, must_exist=True)
    from xinheng.cli import assessing_register

    answer = assessing_register.simulate(asked, first, last, as_json=as_json)
    if as_json:
        failures.print_json(answer)
        return
    for each in answer["units"]:
        click.echo("\t".join("" if v is None else str(v) for v in each.values()))
