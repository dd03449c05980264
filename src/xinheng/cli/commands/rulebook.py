"""`xinheng rulebook`: check it, see what changed, have a lawyer adopt it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from xinheng.cli import failures
from xinheng.cli.environment import prepare, with_directory, with_json


@click.group("rulebook")
def command() -> None:
    """Check the rules, see what changed, have a lawyer adopt them."""


@command.command()
@with_json
def check(as_json: bool) -> None:
    """Check that the rulebook of this release contradicts itself nowhere.

    Needs no database. Exit code 1 where some part can't stand.
    """
    from xinheng.rulebook import checking, editions

    mistakes = [str(mistake) for mistake in checking.mistakes()]
    digest = None if mistakes else editions.digest()
    if as_json:
        answer = {"ok": not mistakes, "digest": digest, "mistakes": mistakes}
        failures.print_json(answer)
    else:
        click.echo("\n".join(mistakes or [f"ok {digest}"]))
    raise SystemExit(failures.NOT_ACCEPTED if mistakes else 0)


@command.command("measures")
@click.argument("file", type=click.Path(path_type=Path, readable=False))
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Write the proposal (TOML) to this file.",
)
@with_json
def propose_measures(file: Path, out: Path, as_json: bool) -> None:
    """Turn the measures of a memorandum, FILE (CSV or XLSX), into a proposal.

    Needs no database and changes no rule: whoever keeps the rulebook verifies the
    proposal and puts it there. A measure without a basis of sufficient rank never
    fires. Exit code 1 where some row could not be proposed.
    """
    failures.refuse_unreadable(file, as_json=as_json)
    from xinheng.cli import proposing_measures

    answer = proposing_measures.propose(file, out, as_json=as_json)
    if as_json:
        failures.print_json(answer)
    else:
        proposing_measures.tell(answer)
    raise SystemExit(failures.NOT_ACCEPTED if answer["refused"] else 0)


@command.command()
@with_directory
@with_json
def diff(directory: Path | None, as_json: bool) -> None:
    """Show what this release changes against the rulebook adopted last."""
    prepare(directory, as_json=as_json)
    from xinheng.cli import adopting

    answer = adopting.diff(as_json=as_json)
    if as_json:
        failures.print_json(answer)
    else:
        click.echo("\n".join(adopting.lines(answer)))


@command.command()
@click.option("--lawyer", help="Name of the lawyer who adopts; it is public by role.")
@click.option(
    "--effective-on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="First day on which adverse records may be public (default: today).",
)
@click.option(
    "--confirm",
    type=int,
    metavar="NUMBER",
    help="Confirm the proposal of this number, as a second person.",
)
@click.option("--by", "username", required=True, help="Account name of who acts.")
@with_directory
@with_json
def adopt(
    lawyer: str | None,
    effective_on: datetime | None,
    confirm: int | None,
    username: str,
    directory: Path | None,
    as_json: bool,
) -> None:
    """Propose an adoption (--lawyer), or confirm one (--confirm) as another person.

    Nothing adverse is public before both have acted.
    """
    if (lawyer is None) == (confirm is None):
        raise click.UsageError("Give either --lawyer or --confirm.")
    prepare(directory, as_json=as_json)
    from xinheng.cli import adopting

    day = effective_on.date() if effective_on else None
    with adopting.refusals(as_json=as_json):
        if confirm is not None:
            answer = adopting.confirm(adoption=confirm, username=username)
        else:
            answer = adopting.propose(
                lawyer=lawyer or "", effective_on=day, username=username
            )
    if as_json:
        failures.print_json(answer)
    else:
        click.echo(" ".join(f"{key}={value}" for key, value in answer.items()))
