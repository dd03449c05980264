"""`xinheng verify`: whether a report or a receipt stands as it was given out."""

from __future__ import annotations

from pathlib import Path

import click

from xinheng.cli import failures
from xinheng.cli.environment import with_directory, with_json


@click.command("verify")
@click.argument("file", type=click.Path(path_type=Path, readable=False))
@click.option(
    "--key",
    multiple=True,
    help="Public key of the ledger, or a file that holds it; else this register's own.",
)
@with_directory
@with_json
def command(
    file: Path, key: tuple[str, ...], directory: Path | None, as_json: bool
) -> None:
    """Verify FILE: a credit report (PDF) or a receipt (JSON). It is done offline.

    Of a report every byte is checked: the data, their signature, the proof of the
    ledger, and the seal on the whole file.

    Exit code 0: it verifies; 1: it does not; 2: a wrong call, or no file or key.
    """
    from xinheng.cli import verifying

    answer = verifying.verify(file, key, directory=directory, as_json=as_json)
    if as_json:
        failures.print_json(answer)
    else:
        verifying.tell(answer)
    raise SystemExit(0 if answer["ok"] else failures.NOT_ACCEPTED)
