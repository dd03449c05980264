"""A socket that a service manager hands over, and one that is meant for another."""

from __future__ import annotations

import asyncio
import gc
import os
import threading

import pytest
import uvicorn

from xinheng.cli import listening


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"LISTEN_PID": "1", "LISTEN_FDS": "1"},
        {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "2"},
        {"LISTEN_FDS": "1"},
    ],
)
def test_takes_no_socket_that_is_not_its_own_and_forgets_the_words(environ):
    environ = environ | {"LISTEN_FDNAMES": "xinheng.socket", "PATH": "/bin"}

    assert listening.handed_over(environ) is None
    assert environ == {"PATH": "/bin"}


@pytest.fixture
def nothing_set_aside():
    gc.unfreeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("nothing_set_aside")
def test_the_collector_leaves_code_and_rules_alone_once_the_server_listens(monkeypatch):
    seen = []

    async def startup(self, sockets=None):
        seen.append(gc.get_freeze_count())

    monkeypatch.setattr(uvicorn.Server, "startup", startup)
    server = listening._Server(uvicorn.Config("xinheng.project.asgi:application"))

    # The browser tests leave a loop running in the main thread of their process.
    thread = threading.Thread(target=asyncio.run, args=(server.startup(),))
    thread.start()
    thread.join()

    assert seen[0] > 10_000
