"""`xinheng ledger`: the evidence, signed and checked.

Exit 1 where the ledger does not verify.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from xinheng.cli import failures, handing_out, ledger_keys, ledger_witness
from xinheng.cli.environment import prepare, with_directory, with_json

if TYPE_CHECKING:
    from xinheng.apps.ledger.queries import VerifyReport

# What is wrong, in words; `{}` is the place.
MESSAGES = {
    "TRIGGER_MISSING": (
        "数据库保护触发器 {} 缺失或被改动",
        "the database trigger {} is missing or changed",
    ),
    "ENTRY_MISSING": ("第 {} 条记载缺失", "entry {} is missing"),
    "ENTRY_UNREADABLE": ("第 {} 条记载无法读取", "entry {} can't be read"),
    "ENTRY_ALTERED": ("第 {} 条记载被改动", "entry {} was altered"),
    "ENTRY_EMPTIED": (
        "第 {} 条记载的内容被清除而无依据",
        "the content of entry {} is gone without a basis",
    ),
    "ENTRY_SURPLUS": (
        "第 {} 条记载在账本末尾之外",
        "entry {} lies beyond the ledger's end",
    ),
    "NODE_WRONG": ("哈希节点 {} 缺失或不符", "the hash of node {} is missing or wrong"),
    "NODE_SURPLUS": (
        "哈希节点 {} 在账本末尾之外",
        "node {} lies beyond the ledger's end",
    ),
    "HEAD_WRONG": (
        "账本末端（{} 条）的根与记载不符",
        "the head's root does not match the {} entries",
    ),
    "HEAD_UNSIGNED": (
        "账本末端（{} 条）没有本系统的有效签名",
        "the head of {} entries bears no valid signature of ours",
    ),
    "CHECKPOINT_WRONG": (
        "检查点 {} 与记载不符",
        "checkpoint {} does not match the entries",
    ),
    "CHECKPOINT_UNSIGNED": (
        "检查点 {} 没有本系统的有效签名",
        "checkpoint {} bears no valid signature of ours",
    ),
    "CHECKPOINT_AHEAD": (
        "检查点 {} 超出账本末尾，账本被截短",
        "checkpoint {} is ahead of the ledger: the ledger was cut short",
    ),
}


@click.group("ledger")
def command() -> None:
    """Check and sign the ledger, the house's append-only evidence."""


for _subcommand in handing_out.COMMANDS:
    command.add_command(_subcommand)
command.add_command(ledger_keys.command)
command.add_command(ledger_witness.command)


@command.command("verify")
@click.option(
    "--checkpoint",
    "checkpoints",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A checkpoint kept elsewhere, that the ledger must continue; repeatable.",
)
@with_directory
@with_json
def verify(
    checkpoints: tuple[Path, ...], directory: Path | None, as_json: bool
) -> None:
    """Recompute every entry, hash and signature; exit 1 where one is wrong."""
    known = [_read(path, as_json=as_json) for path in checkpoints]
    prepare(directory, as_json=as_json, must_exist=True)
    from xinheng.apps.ledger import queries
    from xinheng.apps.ledger.keys import SigningKeyError

    try:
        report = queries.verify(known=known)
    except SigningKeyError as error:
        failures.fail(
            "SIGNING_KEY", error.message_zh, error.message_en, as_json=as_json
        )
    _tell(report, as_json=as_json)
    if not report.ok:
        raise SystemExit(failures.NOT_ACCEPTED)


@command.command("checkpoint")
@with_directory
@with_json
def checkpoint(directory: Path | None, as_json: bool) -> None:
    """Print the signed checkpoint of the ledger as it is now, to be kept elsewhere."""
    prepare(directory, as_json=as_json, must_exist=True)
    from xinheng.apps.ledger import operations
    from xinheng.apps.ledger.keys import SigningKeyError
    from xinheng.apps.ledger.tree_store import TamperedLedgerError

    try:
        note = operations.issue_checkpoint()
    except SigningKeyError as error:
        failures.fail(
            "SIGNING_KEY", error.message_zh, error.message_en, as_json=as_json
        )
    except TamperedLedgerError:
        click.echo(
            "xinheng: 账本自相矛盾，不予签名，请运行 xinheng ledger verify。"
            " The ledger contradicts itself and is not signed: run xinheng ledger"
            " verify.",
            err=True,
        )
        raise SystemExit(failures.NOT_ACCEPTED) from None
    if as_json:
        failures.print_json({"checkpoint": note})
    else:
        click.echo(note, nl=False)


def _read(path: Path, *, as_json: bool) -> str:
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError):
        failures.fail(
            "CHECKPOINT_FILE",
            f"检查点文件“{path}”无法读取。",
            f"The checkpoint file {path} can't be read.",
            as_json=as_json,
        )


def _tell(report: VerifyReport, *, as_json: bool) -> None:
    if as_json:
        failures.print_json(_answer(report))
        return
    for problem in report.problems:
        zh, en = _words(problem.code, problem.place)
        click.echo(f"{problem.code} {zh}。 {en}.")
    verdict = ("通过", "verifies") if report.ok else ("未通过", "does not verify")
    click.echo(
        f"账本{verdict[0]}：{report.size} 条记载，根 {report.root}。"
        f" The ledger {verdict[1]}: {report.size} entries, root {report.root}."
    )


def _answer(report: VerifyReport) -> dict[str, object]:
    return {
        "ok": report.ok,
        "size": report.size,
        "root": report.root,
        "checkpoints": report.checkpoints,
        "erased": report.erased,
        "problems": [
            {
                "code": problem.code,
                "place": problem.place,
                "message_zh": _words(problem.code, problem.place)[0],
                "message_en": _words(problem.code, problem.place)[1],
            }
            for problem in report.problems
        ],
    }


def _words(code: str, place: str) -> tuple[str, str]:
    zh, en = MESSAGES[code]
    return zh.format(place), en.format(place)
