"""Start the face that a profile's carrier asks for, and serve until interrupted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from xinheng.apps.exchange.carriers.connecting import PORTS
from xinheng.cli.simulator import database_face, http_face, sftp_face
from xinheng.cli.simulator.faces import HOST, Shared
from xinheng.core.exchange.profiles import Carrier, Form
from xinheng.core.exchange.upper import Platform
from xinheng.core.exchange.upper_rules import Trouble, draw
from xinheng.pipeline import exchange_workbook
from xinheng.rulebook import exchange_profiles

Say = Callable[[str], object]


class UnknownProfileError(LookupError):
    """The rulebook has no such profile."""


class MissingPlaceError(ValueError):
    """The face needs a folder (SFTP) or the address of a database on this machine."""


def play(shared: Shared, *, port: int, place: str, say: Say) -> None:
    """Serve a platform by its profile's carrier until interrupted.

    `place` is a folder for SFTP, the address of a database for that, else empty.

    Raises:
        MissingPlaceError: where it is needed and can't be that.
    """
    with suppress(KeyboardInterrupt):
        _FACES[shared.platform.profile.carrier](shared, port, place, say)


def _http(shared: Shared, port: int, place: str, say: Say) -> None:
    with http_face.Server(shared, port) as server:
        say(f"simulator\t{server.url}")
        server.serve_forever(poll_interval=0.2)


def _sftp(shared: Shared, port: int, place: str, say: Say) -> None:
    if not place:
        raise MissingPlaceError
    with sftp_face.Server(shared, Path(place), port) as server:
        say(f"simulator\t{server.url}\t{server.client_key}\t{server.host_key}")
        server.wait()


def _database(shared: Shared, port: int, place: str, say: Say) -> None:
    parts = urlsplit(place)
    if parts.scheme not in PORTS or parts.hostname not in (HOST, "localhost"):
        raise MissingPlaceError
    with database_face.Server(shared, place) as server:
        say(f"simulator\t{parts.scheme}\t{parts.path.removeprefix('/')}")
        server.wait()


_FACES: Mapping[Carrier, Callable[[Shared, int, str, Say], None]] = {
    Carrier.HTTP: _http,
    Carrier.SFTP: _sftp,
    Carrier.DATABASE: _database,
}


def new_shared(
    name: str, *, seed: int, hurry: float, troubles: Sequence[str]
) -> Shared:
    """Return the platform that the faces share.

    Raises:
        UnknownProfileError: there is no such profile.
    """
    profile = exchange_profiles.profiles().get(name)
    if profile is None:
        raise UnknownProfileError(name)
    chosen = [Trouble(each) for each in troubles] or None
    read = exchange_workbook.read if profile.form is Form.XLSX else None
    rules = draw(seed, profile, troubles=chosen)
    return Shared(Platform(profile, rules, read), hurry)
