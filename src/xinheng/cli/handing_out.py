"""What the ledger hands out to others: receipts, tiles, entries."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click

from xinheng.cli import failures
from xinheng.cli.environment import with_directory, with_json
from xinheng.cli.opening import opened

BATCH_ENTRIES = 1_000


@click.command("prove")
@click.argument("seq", type=click.IntRange(0))
@click.option("--size", type=click.IntRange(1), help="At this ledger size; now if not.")
@with_directory
@with_json
def prove(seq: int, size: int | None, directory: Path | None, as_json: bool) -> None:
    """Print the receipt of entry SEQ: the act, its proof, the signed checkpoint."""
    with opened(directory, as_json=as_json):
        from xinheng.apps.ledger import queries, receipts

        receipt = receipts.receipt(seq=seq, size=size or queries.size())
    failures.print_json(receipt)


@click.command("tiles")
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Directory to write to, or to continue; any web server can serve it.",
)
@with_directory
@with_json
def tiles(out: Path, directory: Path | None, as_json: bool) -> None:
    """Write the ledger as static files (C2SP tlog-tiles): digests, no content."""
    with opened(directory, as_json=as_json):
        from xinheng.apps.ledger import tiles as ledger_tiles

        done = ledger_tiles.export(out)
    if as_json:
        failures.print_json({"size": done.size, "files": done.files})
    else:
        click.echo(
            f"已写入 {done.files} 个文件，账本共 {done.size} 条记载。"
            f" {done.files} files written, {done.size} entries in the ledger."
        )


@click.command("export")
@click.option("--after", type=click.IntRange(-1), default=-1, help="Begin after SEQ.")
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write: one entry a line, as JSON.",
)
@with_directory
@with_json
def export(after: int, out: Path, directory: Path | None, as_json: bool) -> None:
    """Write every entry with its content and salt: for auditors, not for the public."""
    count = 0
    with (
        opened(directory, as_json=as_json),
        out.open("w", encoding="utf-8", newline="\n") as file,
    ):
        for line in _lines(after):
            file.write(line)
            count += 1
    if as_json:
        failures.print_json({"entries": count})
    else:
        click.echo(f"已写入 {count} 条记载。 {count} entries written.")


def _lines(after: int) -> Iterator[str]:
    from xinheng.apps.ledger import queries

    while batch := queries.list_entries(after=after, limit=BATCH_ENTRIES):
        for entry in batch:
            yield json.dumps(queries.as_written(entry), ensure_ascii=False) + "\n"
        after = batch[-1].seq


COMMANDS = (export, prove, tiles)
