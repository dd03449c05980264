"""`xinheng serve`: the web server."""

from __future__ import annotations

from pathlib import Path

import click

from xinheng.cli.environment import prepare, with_directory


@click.command("serve")
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on."
)
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(1, 65535),
    help="Port to listen on.",
)
@with_directory
def command(host: str, port: int, directory: Path | None) -> None:
    """Serve the portal, the desk and the API.

    Where a service manager hands a socket over (systemd's LISTEN_FDS), that is listened
    on, and no request fails while one server takes over from another.
    """
    prepare(directory)
    from xinheng.cli import serving

    serving.serve(host=host, port=port)
