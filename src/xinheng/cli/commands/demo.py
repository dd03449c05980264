"""xinheng demo: build the demo city in an embedded database and serve it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import click

from xinheng.cli import failures
from xinheng.cli.environment import prepare, with_directory

HOST = "127.0.0.1"
DATABASE = "xinheng.sqlite3"
SECRET_BYTES = 64


@click.command("demo")
@click.option("--no-serve", is_flag=True, help="Build and show it, then leave.")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(1, 65535),
    help="Port of the web server, on this machine only.",
)
@with_directory
def command(*, no_serve: bool, port: int, directory: Path | None) -> None:
    """Build the demo city (48 units, May 2019) in an embedded database and serve it.

    All organizations in it are made up. A second run goes on where the first stopped.
    """
    home = directory or Path(os.environ.get("XINHENG_DIR", "var"))
    _embed(home)
    prepare(home)
    from xinheng.cli.demo import showing

    showing.build_and_show(home.resolve(), url=f"http://localhost:{port}/")
    if not no_serve:
        from xinheng.cli import serving

        with serving.beside():
            serving.serve(host=HOST, port=port)


def _embed(home: Path) -> None:
    """Give the directory the demo's secret, which marks it as a demo.

    Leaves with 2 where a register of another kind lives there.
    """
    secret = home / "keys" / "demo-secret"
    if (home / DATABASE).exists() and not secret.exists():
        failures.fail(
            "NOT_A_DEMO",
            f"目录“{home}”里已有一个登记库，不是演示。请用 --dir 指定另一个目录。",
            f"{home} holds a register that is no demo; name another one with --dir.",
            as_json=False,
        )
    for name in ("DATABASE_URL", "DATABASE_URL_FILE"):
        if os.environ.pop(name, None):
            click.echo(
                f"{name} is left aside: the demo's database is embedded.", err=True
            )
    try:
        _write_secret(secret)
    except OSError as refused:
        failures.fail(
            "DIRECTORY",
            f"目录“{home}”无法写入：{refused.strerror}。",
            f"The directory {home} can't be written: {refused.strerror}.",
            as_json=False,
        )


def _write_secret(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size:
        return
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(SECRET_BYTES))
