"""Open the register for a command that needs its ledger, or say why that fails.

Exit code 1 where the ledger contradicts itself: then it signs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from xinheng.cli import failures
from xinheng.cli.environment import prepare


@contextmanager
def opened(directory: Path | None, *, as_json: bool) -> Iterator[None]:
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
