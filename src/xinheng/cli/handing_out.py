"""What the ledger hands out to others: its key, receipts, tiles, entries.

Each leaves with exit code 1 where the ledger contradicts itself: then it signs nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from xinheng.cli import failures
from xinheng.cli.environment import prepare, with_directory, with_json

BATCH_ENTRIES = 1_000


@contextmanager
def _opened(directory: Path | None, *, as_json: bool) -> Iterator[None]:
    """Open the register, and say in one line why its ledger hands nothing out."""
    prepare(directory, as_json=as_json, must_exist=True)
    from xinheng.apps.ledger import keys, queries, receipts, tiles, tree_store

    try:
        yield
    except keys.SigningKeyError as error:
        failures.fail(
            "SIGNING_KEY", error.message_zh, error.message_en, as_json=as_json
        )
    except (
        queries.UnknownEntryError,
        queries.UnknownSizeError,
        receipts.ErasedEntryError,
        tiles.ForkedMirrorError,
        tree_store.TamperedLedgerError,
    ) as refused:
        click.echo(f"xinheng: {_words(type(refused).__name__)}", err=True)
        raise SystemExit(failures.NOT_ACCEPTED) from None


def _words(name: str) -> str:
    return {
        "UnknownEntryError": "账本中没有这一条记载。 The ledger has no such entry.",
        "UnknownSizeError": "账本没有达到过这个长度。 The ledger never had this size.",
        "ErasedEntryError": (
            "该条记载的内容已按期清除，只能证明其存在。"
            " The entry's content was erased; only its place can be proved."
        ),
        "ForkedMirrorError": (
            "目录中的检查点与本账本的历史不符，未写入任何文件。"
            " The directory's checkpoint is not one of this ledger's past;"
            " nothing was written."
        ),
        "TamperedLedgerError": (
            "账本自相矛盾，不予签名，请运行 xinheng ledger verify。"
            " The ledger contradicts itself and is not signed: run xinheng ledger"
            " verify."
        ),
    }[name]


@click.command("key")
@with_directory
@with_json
def key(directory: Path | None, as_json: bool) -> None:
    """Print the ledger's public key, which whoever verifies gets from you."""
    with _opened(directory, as_json=as_json):
        from xinheng.apps.ledger import keys

        text = keys.load().public.text()
    if as_json:
        failures.print_json({"public_key": text})
    else:
        click.echo(text)


@click.command("prove")
@click.argument("seq", type=click.IntRange(0))
@click.option("--size", type=click.IntRange(1), help="At this ledger size; now if not.")
@with_directory
@with_json
def prove(seq: int, size: int | None, directory: Path | None, as_json: bool) -> None:
    """Print the receipt of entry SEQ: the act, its proof, the signed checkpoint."""
    with _opened(directory, as_json=as_json):
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
    with _opened(directory, as_json=as_json):
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
        _opened(directory, as_json=as_json),
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


COMMANDS = (export, key, prove, tiles)
