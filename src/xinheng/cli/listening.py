"""Where the web server listens: an address, or a socket that was handed over.

A service manager that holds the socket (systemd, `sd_listen_fds(3)`) keeps it open
while one server ends and the next one begins, so nobody is refused meanwhile. It is
told in `LISTEN_PID` and `LISTEN_FDS`; the first descriptor is 3.
"""

from __future__ import annotations

import gc
import os
import socket
from collections.abc import MutableMapping

import structlog
import uvicorn
from django.urls import get_resolver

logger = structlog.get_logger("xinheng.server")
FIRST = 3
# A stream of changes never ends by itself; it is cut then, and its reader comes back.
GRACE_SECONDS = 30
FAILED = 3


def handed_over(environ: MutableMapping[str, str]) -> socket.socket | None:
    """Return the socket that was handed over to this process, null where none was.

    The variables are taken away: no child of ours may think they are meant for it.
    """
    process, count = environ.pop("LISTEN_PID", ""), environ.pop("LISTEN_FDS", "")
    environ.pop("LISTEN_FDNAMES", None)
    if process != str(os.getpid()) or count != "1":
        return None
    os.set_inheritable(FIRST, False)
    return socket.socket(fileno=FIRST)


def run(*, host: str, port: int) -> None:
    """Serve until a signal; what is under way is finished first.

    Leaves with exit code 3 where the address can't be listened on.
    """
    given = handed_over(os.environ)
    server = _Server(
        uvicorn.Config(
            "xinheng.project.asgi:application",
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            # Django itself reads the proxy's headers, where it is told of a proxy.
            proxy_headers=False,
            server_header=False,
            lifespan="off",
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )
    server.run(sockets=None if given is None else [given])
    if not server.started:
        raise SystemExit(FAILED)


class _Server(uvicorn.Server):
    """uvicorn says where it listens, but not on a socket that it was given."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, and say so."""
        _set_aside_what_stays()
        await super().startup(sockets)
        if sockets is not None and self.started:
            logger.info("server.listening", socket=sockets[0].fileno())


def _set_aside_what_stays() -> None:
    """Load what every request needs, and keep the collector from walking it again.

    A full collection of some 300 MB of code and rules stops a thousand readers of the
    change feed for a third of a second.
    """
    get_resolver().url_patterns  # noqa: B018  (reading it imports every page)
    gc.collect()
    gc.freeze()
