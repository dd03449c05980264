"""Faces that are named already and built later: one line, and exit code 2."""

from __future__ import annotations

import click

from xinheng.cli import failures


def command(name: str) -> click.Command:
    """Return a command that says that it is not there yet; --help does not list it."""

    @click.command(
        name,
        hidden=True,
        add_help_option=False,
        context_settings={"ignore_unknown_options": True},
    )
    @click.argument("rest", nargs=-1, type=click.UNPROCESSED)
    def answer(rest: tuple[str, ...]) -> None:
        failures.fail(
            "NOT_YET",
            f"“{name}”尚未提供。",
            f"{name} is not there yet.",
            as_json="--json" in rest,
        )

    return answer
