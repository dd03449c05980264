"""`xinheng backup`: one moment of the register, while others go on writing."""

from __future__ import annotations

from pathlib import Path

import click

from xinheng.cli import failures
from xinheng.cli.environment import prepare, with_directory, with_json


@click.command("backup")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="Directory to make; it must not be there yet.",
)
@with_directory
@with_json
def command(out: Path, directory: Path | None, as_json: bool) -> None:
    """Copy the tables and the archive as they are at one moment; keys stay out of it.

    Copy the directory keys/ to another place by hand: without the ledger's key the
    register can be read but not written.
    """
    prepare(directory, as_json=as_json, must_exist=True)
    from django.utils import timezone

    from xinheng.apps.accounts.actors import OPERATOR
    from xinheng.apps.custody import backup

    try:
        made = backup.make(directory=out, actor=OPERATOR.account_id, at=timezone.now())
    except backup.NotEmptyError:
        failures.fail(
            "BACKUP_EXISTS",
            f"“{out}”已存在，请另选一个目录。",
            f"{out} is there already; name another directory.",
            as_json=as_json,
        )
    answer = {
        "directory": str(made.directory),
        "ledger_size": made.ledger_size,
        "rows": made.rows,
        "files": made.files,
        "size_bytes": made.size_bytes,
        "manifest_sha256": made.sha256,
    }
    if as_json:
        failures.print_json(answer)
    else:
        click.echo(
            f"已备份 {made.rows:,} 行、{made.files:,} 个文件，账本 {made.ledger_size}"
            f" 条；清单 SHA-256 {made.sha256}。密钥不在其中，请另行保管。"
            f" {made.rows:,} rows and {made.files:,} files at ledger size"
            f" {made.ledger_size}; the keys are not among them: keep them elsewhere."
        )
