"""`xinheng ledger witness`: follow somebody's ledger, and see who follows ours."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xinheng.cli import failures
from xinheng.cli.environment import with_directory, with_json
from xinheng.cli.opening import opened
from xinheng.core.merkle import checkpoint
from xinheng.core.merkle.checkpoint import MalformedNoteError, PublicKey

if TYPE_CHECKING:
    from xinheng.apps.ledger.witnesses import Standing
    from xinheng.cli.witnessing import Agreed, WitnessError

# Why a witness does not agree, or is not taken, in words.
WORDS = {
    "NO_WITNESS": (
        "目录中没有见证密钥，请先运行：xinheng ledger witness create",
        "The directory holds no witness: run xinheng ledger witness create.",
    ),
    "UNREACHABLE": (
        "无法从该地址取得账本。",
        "The ledger can't be fetched from there.",
    ),
    "MALFORMED": (
        "对方给出的内容不是签名检查点或证明。",
        "What came is no signed checkpoint or proof.",
    ),
    "UNSIGNED": (
        "检查点没有您所信任的密钥的签名；对方更换密钥后，请用 --key 给出新公钥。",
        "No key that you trust signed the checkpoint; if the ledger changed its key,"
        " name the new one with --key.",
    ),
    "CUT_BACK": (
        "账本比上次所见更短，不予见证，证据已保存。",
        "The ledger is shorter than it was: not agreed to, evidence kept.",
    ),
    "FORKED": (
        "账本与上次所见不一致，不予见证，证据已保存。",
        "The ledger does not continue what was seen: not agreed to, evidence kept.",
    ),
    "OTHER_LOG": ("这是另一个账本。", "This is another ledger."),
    "BUSY": ("另一个见证进程正在运行。", "Another run of this witness is at it."),
    "NOT_A_KEY": (
        "这不是见证公钥，应由见证方给出（witness.pub）。",
        "This is no witness's public key; its operator has it in witness.pub.",
    ),
    "KNOWN": ("该见证方已登记。", "This witness is known already."),
    "UNKNOWN": ("没有登记这个见证方。", "There is no such witness."),
}

with_home = click.option(
    "--home",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The witness's own directory: its key, what it saw, its evidence.",
)


@click.group("witness")
def command() -> None:
    """Witness somebody's ledger, or see to the witnesses of this one."""


@command.command()
@with_home
@click.option(
    "--name", required=True, help="Its name, such as audit.example.gov.cn/w1."
)
@with_json
def create(home: Path, name: str, as_json: bool) -> None:
    """Make a witness's key and print the public half, for the ledger's operator."""
    from xinheng.cli import witnessing

    if not checkpoint.is_key_name(name):
        failures.fail(
            "NAME",
            "名称不能为空，不能含空格和加号。",
            "A name is not empty and has no blank and no plus sign.",
            as_json=as_json,
        )
    try:
        text = witnessing.create(home, name)
    except OSError as refused:
        failures.fail(
            "HOME",
            f"目录“{home}”已有见证密钥或无法写入（{refused.strerror}）。",
            f"{home} holds a witness already or can't be written ({refused.strerror}).",
            as_json=as_json,
        )
    _print({"public_key": text}, text, as_json=as_json)


@command.command()
@click.option("--follow", "url", required=True, help="The site, https://...")
@click.option("--key", "texts", multiple=True, required=True, help="Its ledger's key.")
@with_home
@click.option("--every", type=click.IntRange(1), help="Go on, every so many seconds.")
@with_json
def run(
    url: str, texts: tuple[str, ...], home: Path, every: int | None, as_json: bool
) -> None:
    """Look at a ledger, agree to what continues, refuse a fork; exit 1 if refused."""
    from xinheng.cli import witnessing

    if not url.startswith(("https://", "http://")):
        failures.fail("URL", "地址应为 https://…", "Give https://...", as_json=as_json)
    trusted = [_read_key(text, as_json=as_json) for text in texts]
    while True:
        with _objections(as_json=as_json, goes_on=every is not None):
            agreed = witnessing.follow_once(
                witnessing.load(home), url=url, trusted=trusted, at=datetime.now(UTC)
            )
            _tell(agreed, as_json=as_json)
        if every is None:
            return
        time.sleep(every)


@command.command()
@click.argument("public_key")
@with_directory
@with_json
def add(public_key: str, directory: Path | None, as_json: bool) -> None:
    """Take a witness on, by the public key that its operator gave you."""
    _change("add", public_key, directory, as_json=as_json)


@command.command()
@click.argument("public_key")
@with_directory
@with_json
def remove(public_key: str, directory: Path | None, as_json: bool) -> None:
    """Let a witness go; what it cosigned stays."""
    _change("remove", public_key, directory, as_json=as_json)


@command.command()
@with_directory
@with_json
def status(directory: Path | None, as_json: bool) -> None:
    """Show who agreed to which size, and when; exit 1 if none did for the set time."""
    with opened(directory, as_json=as_json):
        from django.utils import timezone

        from xinheng.apps.ledger import witnesses

        standing = witnesses.standing()
        is_late = witnesses.is_late(at=timezone.now())
    _print(
        _answer(standing, is_late=is_late),
        "\n".join(_lines(standing, is_late=is_late)),
        as_json=as_json,
    )
    if is_late:
        raise SystemExit(failures.NOT_ACCEPTED)


def _change(
    verb: str, public_key: str, directory: Path | None, *, as_json: bool
) -> None:
    with opened(directory, as_json=as_json):
        from django.utils import timezone

        from xinheng.apps.accounts.actors import OPERATOR
        from xinheng.apps.ledger import witnesses

        change = {"add": witnesses.add, "remove": witnesses.remove}[verb]
        try:
            change(public_key=public_key, actor=OPERATOR.account_id, at=timezone.now())
        except witnesses.WitnessRefusedError as refused:
            failures.refuse(refused.code, *WORDS[refused.code], as_json=as_json)
    _print({"public_key": public_key.strip()}, public_key.strip(), as_json=as_json)


@contextmanager
def _objections(*, as_json: bool, goes_on: bool) -> Iterator[None]:
    """Tell why the witness did not agree; leave with 1 unless it goes on looking."""
    from xinheng.cli.witnessing import WitnessError

    try:
        yield
    except WitnessError as objection:
        if objection.code == "NO_WITNESS":
            failures.fail(objection.code, *WORDS[objection.code], as_json=as_json)
        if not goes_on:
            failures.refuse(objection.code, *_words(objection), as_json=as_json)
        click.echo(f"xinheng: {objection.code} {' '.join(_words(objection))}", err=True)


def _words(objection: WitnessError) -> tuple[str, str]:
    zh, en = WORDS[objection.code]
    where = f" {objection.evidence}" if objection.evidence else ""
    return f"{zh}{where}", f"{en}{where}"


def _read_key(text: str, *, as_json: bool) -> PublicKey:
    path = Path(text)
    try:
        return checkpoint.parse_public_key(
            (text if text.count("+") > 1 else path.read_text()).strip()
        )
    except (OSError, MalformedNoteError, UnicodeDecodeError):
        failures.fail(
            "KEY",
            "--key 应为账本公钥或存有公钥的文件。",
            "--key is a ledger's public key, or a file that holds it.",
            as_json=as_json,
        )


def _tell(agreed: Agreed, *, as_json: bool) -> None:
    taken = (
        ("对方已收下", "taken")
        if agreed.was_taken
        else ("对方没有收下，请确认已登记本见证方", "not taken: is this witness added?")
    )
    answer = {
        "origin": agreed.origin,
        "size": agreed.size,
        "root": agreed.root,
        "new": agreed.was_new,
        "taken": agreed.was_taken,
    }
    line = (
        f"{agreed.origin}：同意 {agreed.size} 条，{taken[0]}。"
        f" Agreed to {agreed.size} entries, {taken[1]}."
    )
    _print(answer, line, as_json=as_json)


def _answer(standing: Standing, *, is_late: bool) -> dict[str, object]:
    waiting = standing.waiting_since
    return {
        "size": standing.size,
        "late": is_late,
        "waiting_since": waiting.isoformat() if waiting else None,
        "witnesses": [
            {
                "public_key": each.public_key,
                "size": each.size,
                "cosigned_at": each.cosigned_at.isoformat()
                if each.cosigned_at
                else None,
            }
            for each in standing.agreements
        ],
    }


def _lines(standing: Standing, *, is_late: bool) -> Iterator[str]:
    for each in standing.agreements:
        at = each.cosigned_at.isoformat() if each.cosigned_at else "-"
        yield f"{each.name}\t{each.size if each.size is not None else '-'}\t{at}"
    if is_late:
        yield (
            "xinheng: 近期没有任何见证方同意账本。"
            " No witness has agreed to the ledger for the set time."
        )
    else:
        yield f"账本 {standing.size} 条。 The ledger has {standing.size} entries."


def _print(answer: dict[str, object], line: str, *, as_json: bool) -> None:
    if as_json:
        failures.print_json(answer)
    else:
        click.echo(line)
