"""`xinheng user`: accounts, mandates and second factors, run by whoever has the server.

Every act stands in the ledger as one of the operator. A password comes from a prompt or
from standard input, never from the command line, where others can read it.
"""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from xinheng.cli import failures
from xinheng.cli.environment import prepare, with_directory, with_json

ROLES = {
    "clerk": "CLERK",
    "listing-authority": "LISTING_AUTHORITY",
    "credit-office": "CREDIT_OFFICE",
    "administrator": "ADMINISTRATOR",
}
with_password = click.option(
    "--password-stdin",
    "from_stdin",
    is_flag=True,
    help="Read the password from the first line of standard input.",
)
day = click.DateTime(["%Y-%m-%d"])


@click.group("user")
def command() -> None:
    """Accounts, mandates and second factors."""


@command.command()
@click.argument("username")
@click.option("--name", required=True, help="The person's name, which can be erased.")
@click.option("--email", default="", help="The person's e-mail address.")
@with_password
@with_directory
@with_json
def create(
    username: str,
    name: str,
    email: str,
    from_stdin: bool,
    directory: Path | None,
    as_json: bool,
) -> None:
    """Open an account that holds no mandate yet."""
    password = _read_password(from_stdin=from_stdin)
    prepare(directory, as_json=as_json)
    from xinheng.cli import administering

    with administering.refusals(as_json=as_json):
        answer = administering.create_account(
            username=username, password=password, display_name=name, email=email
        )
    _print(answer, as_json=as_json)


@command.command("set-password")
@click.argument("username")
@with_password
@with_directory
@with_json
def set_password(
    username: str, from_stdin: bool, directory: Path | None, as_json: bool
) -> None:
    """Set a new password; every session of the account ends."""
    password = _read_password(from_stdin=from_stdin)
    prepare(directory, as_json=as_json)
    from xinheng.cli import administering

    with administering.refusals(as_json=as_json):
        answer = administering.set_password(username=username, password=password)
    _print(answer, as_json=as_json)


@command.command()
@click.argument("username")
@click.option(
    "--role",
    type=click.Choice(list(ROLES)),
    required=True,
    help="What the account may do.",
)
@click.option("--unit", help="Unit of a clerk or listing authority, by code or name.")
@click.option("--effective-on", type=day, help="First day (default: today).")
@click.option("--expires-on", type=day, help="First day without it.")
@click.option("--deputy-for", help="Account name of whom it stands in for.")
@with_directory
@with_json
def grant(username: str, directory: Path | None, as_json: bool, **asked: Any) -> None:
    """Give a role at a unit, or one for the whole city."""
    prepare(directory, as_json=as_json)
    from xinheng.cli import administering

    with administering.refusals(as_json=as_json):
        term = administering.term(
            role=ROLES[asked["role"]],
            unit=asked["unit"],
            effective_on=_day(asked["effective_on"]),
            expires_on=_day(asked["expires_on"]),
        )
        answer = administering.grant(
            username=username, term=term, deputy_for=asked["deputy_for"]
        )
    _print(answer, as_json=as_json)


@command.command()
@click.argument("username")
@click.argument("mandate", type=int)
@click.option("--on", "on", type=day, help="First day without it (default: today).")
@with_directory
@with_json
def end(
    username: str,
    mandate: int,
    on: datetime | None,
    directory: Path | None,
    as_json: bool,
) -> None:
    """End a mandate, and its deputies' with it; `user list` shows the numbers."""
    prepare(directory, as_json=as_json)
    from xinheng.cli import administering

    with administering.refusals(as_json=as_json):
        answer = administering.end(username=username, mandate=mandate, on=_day(on))
    _print(answer, as_json=as_json)


@command.command()
@click.argument("username")
@with_directory
@with_json
def disable(username: str, directory: Path | None, as_json: bool) -> None:
    """Close the account of someone who left: mandates and sessions end."""
    prepare(directory, as_json=as_json)
    from xinheng.cli import administering

    with administering.refusals(as_json=as_json):
        answer = administering.disable(username=username)
    _print(answer, as_json=as_json)


@command.command("erase-name")
@click.argument("username")
@with_directory
@with_json
def erase_name(username: str, directory: Path | None, as_json: bool) -> None:
    """Forget the person behind a closed account; its acts stay."""
    prepare(directory, as_json=as_json)
    from xinheng.cli import administering

    with administering.refusals(as_json=as_json):
        answer = administering.erase_name(username=username)
    _print(answer, as_json=as_json)


@command.command("reset-second-factor")
@click.argument("username")
@with_directory
@with_json
def reset_second_factor(username: str, directory: Path | None, as_json: bool) -> None:
    """Take the second factor away; it is set up anew at the next sign-in."""
    prepare(directory, as_json=as_json)
    from xinheng.cli import administering

    with administering.refusals(as_json=as_json):
        answer = administering.reset_second_factor(username=username)
    _print(answer, as_json=as_json)


@command.command("link")
@click.argument("username")
@click.option("--subject", required=True, help="The person's id at the provider.")
@with_directory
@with_json
def link(username: str, subject: str, directory: Path | None, as_json: bool) -> None:
    """Let an account sign in through the OpenID provider of the settings as well."""
    prepare(directory, as_json=as_json)
    from xinheng.cli import administering

    with administering.refusals(as_json=as_json):
        answer = administering.link(username=username, subject=subject)
    _print(answer, as_json=as_json)


@command.command("list")
@with_directory
@with_json
def list_(directory: Path | None, as_json: bool) -> None:
    """Show the accounts with their mandates."""
    prepare(directory, as_json=as_json)
    from xinheng.cli import administering

    answer = administering.list_accounts()
    if as_json:
        failures.print_json(answer)
        return
    for account in answer["accounts"]:
        _print_account(account)


def _print_account(account: dict[str, Any]) -> None:
    state = "" if account["active"] else "\t已停用 closed"
    click.echo(f"{account['username']}\t{account['name']}\t{account['account']}{state}")
    for mandate in account["mandates"]:
        period = f"{mandate['effective_on']} – {mandate['expires_on'] or ''}"
        unit = mandate["unit"] or ""
        click.echo(f"  {mandate['mandate']}\t{mandate['role']}\t{unit}\t{period}")


def _read_password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    prompt = "密码 Password"
    answer = click.prompt(prompt, hide_input=True, confirmation_prompt=True, err=True)
    return str(answer)


def _day(given: datetime | None) -> date | None:
    return given.date() if given else None


def _print(answer: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        failures.print_json(answer)
        return
    click.echo("\n".join(f"{key}\t{value}" for key, value in answer.items()))
