"""Reference pages that are made from the code: commands, findings, redress.

`python -m xinheng.cli.reference docs/reference` writes them into that directory.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from xinheng.cli.main import cli
from xinheng.core.submissions.findings import Rule, Severity, describe
from xinheng.rulebook import catalog, redress_page

COMMANDS_HEAD = """\
# Commands

Every command has `--help`. With `--json` a command prints one JSON object on standard
output and everything else on standard error.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | some row or request was not accepted, a cell is wrong, a proof fails |
| 2 | wrong call, or a file that can't be read: nothing was stored |

With `--json`, exit code 2 comes with
`{"error": {"code": ..., "message_zh": ..., "message_en": ...}}`.

The data lives in `--dir`, or in `XINHENG_DIR`, or in `./var`; the database is the one
that `DATABASE_URL` names, or an embedded one in that directory
([settings](settings.md)).

This page is made from the code: `python -m xinheng.cli.reference docs/reference`.
"""

FINDINGS_HEAD = """\
# Findings

A finding says what is wrong with a row: the row, the column, the rule and what to do
about it, never the value. The codes are stable; the texts stand in
`src/xinheng/rulebook/findings.toml`, where `…` below is the length, list or range that
the catalog allows.

This page is made from the code: `python -m xinheng.cli.reference docs/reference`.
"""

SEVERITIES = {
    Severity.ERROR: "Errors: the row is rejected",
    Severity.QUESTION: "Questions: the row is kept aside until a person decides",
    Severity.NOTICE: "Notices: the row is taken, the unit is told",
}


def commands() -> str:
    """Return the page of the commands in Markdown, by name."""
    root = click.Context(cli, info_name="xinheng")
    return COMMANDS_HEAD + "".join(
        _command(command, context) for command, context in leaves(cli, root)
    )


def leaves(
    group: click.Group, context: click.Context
) -> Iterator[tuple[click.Command, click.Context]]:
    """Yield every command below a group that is no group itself, by name."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        below = click.Context(command, info_name=name, parent=context)
        if isinstance(command, click.Group):
            yield from leaves(command, below)
        else:
            yield command, below


def _command(command: click.Command, context: click.Context) -> str:
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    records = [
        option.get_help_record(context)
        for option in command.params
        if isinstance(option, click.Option)
    ]
    lines = [f"| `{name}` | {_cell(text)} |" for name, text in filter(None, records)]
    table = ["", "| option | meaning |", "|---|---|", *lines] if lines else []
    about = " ".join((command.help or "").split())
    return "\n".join(
        ["", f"## {context.command_path}", "", f"    {usage}", "", about, *table, ""]
    )


def findings() -> str:
    """Return the page of the rules that a finding may name, by severity and code."""
    return FINDINGS_HEAD + "".join(_severity(severity) for severity in SEVERITIES)


def _severity(severity: Severity) -> str:
    rules = sorted(catalog.rules().values(), key=lambda rule: rule.code)
    rows = "".join(_rule(rule) for rule in rules if rule.severity is severity)
    head = f"\n## {SEVERITIES[severity]}\n\n| rule | says | advises |\n|---|---|---|\n"
    return head + rows


def _rule(rule: Rule) -> str:
    text = describe(rule, title="该列", title_en="the column", limit="…")
    says = f"{text.message_zh}<br>{_sentence(text.message_en)}"
    advises = f"{text.advice_zh}<br>{_sentence(text.advice_en)}"
    return f"| `{rule.code}` | {_cell(says)} | {_cell(advises)} |\n"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands,
    "findings.md": findings,
    "redress.md": redress_page.page,
}


def main(directory: Path) -> None:
    """Write every page into a directory."""
    for name, page in PAGES.items():
        (directory / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
