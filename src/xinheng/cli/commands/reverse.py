"""`xinheng reverse`: a submission that was accepted wrongly is taken back."""

from __future__ import annotations

from pathlib import Path

import click

from xinheng.cli.environment import prepare, with_directory, with_json


@click.command("reverse")
@click.argument("submission")
@click.option("--reason", required=True, help="Why; it is kept in the ledger.")
@click.option("--dry-run", is_flag=True, help="Say what it means, and propose nothing.")
@with_directory
@with_json
def command(
    submission: str,
    reason: str,
    dry_run: bool,
    directory: Path | None,
    as_json: bool,
) -> None:
    """Propose that SUBMISSION is taken back as one act, with what was released from it.

    Records that it brought go; records that it changed say again what they said before.
    It happens once somebody of the credit office confirms it, at the desk. Exit code 1
    where it can't be proposed.
    """
    prepare(directory, as_json=as_json, must_exist=True)
    from xinheng.cli import taking_back

    taking_back.propose(submission, reason=reason, dry_run=dry_run, as_json=as_json)
