"""`xinheng restore`: a backup into an empty register."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import click

from xinheng.cli import failures
from xinheng.cli.environment import prepare, with_directory, with_json


@click.command("restore")
@click.argument("backup", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--drill",
    "is_drill",
    is_flag=True,
    help="Only try whether BACKUP comes back, and note the outcome in the ledger.",
)
@with_directory
@with_json
def command(
    backup: Path, is_drill: bool, directory: Path | None, as_json: bool
) -> None:
    """Bring BACKUP back into an empty register, where the ledger's key has been put.

    Put erasures.jsonl of the lost register there too: what was erased since the backup
    is erased again before anything is served.

    Nothing is there until all of it is, and its ledger verifies: exit code 1 where the
    backup is damaged or the register is not empty.

    With --drill the register stays as it is: the backup is brought back into a
    directory that is thrown away. Exit code 1 where it did not come back.
    """
    if not (backup / "manifest.json").is_file():
        failures.fail(
            "NO_BACKUP",
            f"“{backup}”不是备份目录。",
            f"{backup} is no backup.",
            as_json=as_json,
        )
    if is_drill:
        _drill(backup, directory, as_json=as_json)
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


def _drill(backup: Path, directory: Path | None, *, as_json: bool) -> NoReturn:
    """Try a backup, tell how it went and leave."""
    prepare(directory, as_json=as_json, must_exist=True)
    from xinheng.cli import drilling

    outcome = drilling.drill(backup)
    if as_json:
        answer = {"passed": outcome.has_passed, "entry": outcome.ledger_seq}
        failures.print_json(answer | dict(outcome.answer))
    elif outcome.has_passed:
        click.echo(
            f"演练成功：备份可以恢复，已记入账本第 {outcome.ledger_seq} 条。"
            f" The backup comes back; noted in entry {outcome.ledger_seq}."
        )
    else:
        click.echo(
            "演练失败：备份不能恢复，在下一次演练成功之前请视同没有备份。"
            " The backup does not come back: until one does, assume there is none."
            f" {outcome.answer.get('error', {}).get('code', '')}"
        )
    raise SystemExit(0 if outcome.has_passed else failures.NOT_ACCEPTED)
