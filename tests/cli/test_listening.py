"""A socket that a service manager hands over, and one that is meant for another."""

from __future__ import annotations

import os

import pytest

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
