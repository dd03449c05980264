"""`xinheng restore`: a backup into an empty register."""

from __future__ import annotations

from pathlib import Path

import click

from xinheng.cli import failures
from xinheng.cli.environment import prepare, with_directory, with_json


@click.command("restore")
@click.argument("backup", type=click.Path(file_okay=False, path_type=Path))
@with_directory
@with_json
def command(backup: Path, directory: Path | None, as_json: bool) -> None:
    """Bring BACKUP back into an empty register, where the ledger's key has been put.

    Put erasures.jsonl of the lost register there too: what was erased since the backup
    is erased again before anything is served.

    Nothing is there until all of it is, and its ledger verifies: exit code 1 where the
    backup is damaged or the register is not empty.
    """
    if not (backup / "manifest.json").is_file():
        failures.fail(
            "NO_BACKUP",
            f"“{backup}”不是备份目录。",
            f"{backup} is no backup.",
            as_json=as_json,
        )
    prepare(directory, as_json=as_json, founding=False)
    from xinheng.cli import restoring

    restored = restoring.restore(backup, as_json=as_json)
    answer = {
        "rows": restored.rows,
        "files": restored.files,
        "ledger_size": restored.ledger_size,
        "root": restored.root,
        "erased_again": restored.erased_again,
    }
    if as_json:
        failures.print_json(answer)
    else:
        click.echo(
            f"已恢复 {restored.rows:,} 行、{restored.files:,} 个文件，账本"
            f" {restored.ledger_size} 条，校验通过。"
            f" {restored.rows:,} rows and {restored.files:,} files are back; the"
            f" ledger of {restored.ledger_size} entries verifies."
        )
