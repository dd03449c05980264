"""The `xinheng` command: each subcommand is imported when it is called.

`check`, `codes` and `crossfoot` need no database; importing lazily keeps Django out of
their start-up.
"""

from __future__ import annotations

import importlib
import sys
from typing import NoReturn

import click

from xinheng.cli import failures

COMMANDS = {
    "assess": "xinheng.cli.commands.assess",
    "audit": "xinheng.cli.commands.audit",
    "backup": "xinheng.cli.commands.backup",
    "bench": "xinheng.cli.commands.bench",
    "bulletin": "xinheng.cli.commands.bulletin",
    "check": "xinheng.cli.commands.check",
    "codes": "xinheng.cli.commands.codes",
    "crossfoot": "xinheng.cli.commands.crossfoot",
    "demo": "xinheng.cli.commands.demo",
    "doctor": "xinheng.cli.commands.doctor",
    "duties": "xinheng.cli.commands.duties",
    "erase": "xinheng.cli.commands.erase",
    "follow": "xinheng.cli.commands.follow",
    "import": "xinheng.cli.commands.import_",
    "indicators": "xinheng.cli.commands.indicators",
    "keys": "xinheng.cli.commands.keys",
    "ledger": "xinheng.cli.commands.ledger",
    "measures": "xinheng.cli.commands.measures",
    "nil-return": "xinheng.cli.commands.nil_return",
    "package": "xinheng.cli.commands.package",
    "rebuild": "xinheng.cli.commands.rebuild",
    "recount": "xinheng.cli.commands.recount",
    "reconcile": "xinheng.cli.commands.reconcile",
    "rehearse": "xinheng.cli.commands.rehearse",
    "report": "xinheng.cli.commands.report",
    "restore": "xinheng.cli.commands.restore",
    "reverse": "xinheng.cli.commands.reverse",
    "rulebook": "xinheng.cli.commands.rulebook",
    "send": "xinheng.cli.commands.send",
    "serve": "xinheng.cli.commands.serve",
    "simulator": "xinheng.cli.commands.simulator",
    "sources": "xinheng.cli.commands.sources",
    "standing": "xinheng.cli.commands.standing",
    "submit": "xinheng.cli.commands.submit",
    "user": "xinheng.cli.commands.user",
    "verify": "xinheng.cli.commands.verify",
    "webhooks": "xinheng.cli.commands.webhooks",
    "worker": "xinheng.cli.commands.worker",
}


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names that --help shows."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[cmd_name]).command
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="xinheng", prog_name="xinheng")
def cli() -> None:
    """Public credit information of organizations: intake, register, bulletin."""


def main() -> None:
    """Run the command line; a wrong call is one line, or one JSON object."""
    try:
        cli.main(prog_name="xinheng", standalone_mode=False)
    except click.exceptions.Exit as leaving:
        raise SystemExit(leaving.exit_code) from None
    except click.ClickException as wrong:
        _wrong_call(wrong)
    except _database_errors() as refused:
        reason = (str(refused).strip().splitlines() or [type(refused).__name__])[0]
        _fail(
            "DATABASE",
            f"数据库无法使用：{reason}",
            f"The database can't be used: {reason}",
        )
    except OSError as refused:
        reason = refused.strerror or type(refused).__name__
        _fail(
            "INPUT_OUTPUT",
            f"读写失败：{reason}。",
            f"Reading or writing failed: {reason}.",
        )
    except UnicodeEncodeError:
        _fail(
            "ENCODING",
            "名称或参数中有无法识别的字符。",
            "A name or an argument holds characters that can't be read.",
        )
    except (click.Abort, KeyboardInterrupt):
        click.echo("xinheng: 已中断。 Interrupted.", err=True)
        raise SystemExit(130) from None


def _database_errors() -> tuple[type[Exception], ...]:
    """Return what a database may raise; nothing where Django was never imported."""
    module = sys.modules.get("django.db")
    return (module.Error,) if module else ()


def _wrong_call(wrong: click.ClickException) -> NoReturn:
    message = " ".join(wrong.format_message().split())
    _fail("WRONG_CALL", "调用有误，请用 --help 查看用法。", message)


def _fail(code: str, message_zh: str, message_en: str) -> NoReturn:
    """Leave with exit code 2; standard output itself may be what can't be written."""
    try:
        failures.fail(code, message_zh, message_en, as_json="--json" in sys.argv[1:])
    except OSError:
        failures.fail(code, message_zh, message_en, as_json=False)
