"""A target that is asked over HTTP.

    POST URL/packages          the bytes; X-Package, X-Dataset, X-Checksum (SHA-256)
    GET  URL/templates/NAME    {"columns": [...]}
    POST URL/states            {"dataset", "keys"} -> {"rows": [...]}

The connection goes to the address that was examined. Redirects are not followed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import httpx

from xinheng.apps.exchange.carriers.site import Site
from xinheng.apps.exchange.targets import Target
from xinheng.core.exchange import answers
from xinheng.core.exchange.answers import Answer, Kind, RowAnswer
from xinheng.core.exchange.packaging import Package

_BROKEN = range(500, 600)


class HttpCarrier:
    """The way to one target over HTTP."""

    def __init__(self, target: Target) -> None:
        self._site = Site(target.url, target.secret_file)

    def send(self, package: Package) -> Answer:
        """Send a package and return the answer."""
        headers = {
            "content-type": "application/octet-stream",
            "x-package": package.id,
            "x-dataset": package.dataset,
            "x-checksum": package.sha256,
        }
        try:
            status, body = self._site.ask(
                "POST", "packages", package.data, headers=headers
            )
        except (httpx.ConnectError, httpx.ConnectTimeout):
            return Answer(Kind.UNREACHABLE)
        except httpx.HTTPError:
            return Answer(Kind.LOST)
        if status in _BROKEN or body is None:
            return Answer(Kind.LOST)
        return answers.parse(body, package=package.id, keys=package.keys)

    def describe(self, dataset: str) -> tuple[str, ...] | None:
        """Return the header that the target wants, null where it doesn't tell."""
        said = self._said("GET", f"templates/{dataset}", b"")
        try:
            columns = json.loads(said or b"{}")["columns"]
        except (ValueError, KeyError, TypeError):
            return None
        return tuple(map(str, columns)) if isinstance(columns, list) else None

    def query(
        self, dataset: str, keys: Sequence[str]
    ) -> Mapping[str, RowAnswer] | None:
        """Return what the target holds of keys, null where it doesn't tell."""
        asked = {"dataset": dataset, "keys": list(keys)}
        said = self._said("POST", "states", json.dumps(asked).encode())
        return None if said is None else answers.parse_states(said, keys=keys)

    def feedback(self) -> tuple[tuple[str, bytes | None], ...]:
        """Return no file: every row is asked about."""
        return ()

    def feedback_taken(self, name: str) -> None:
        """Nothing is left by a target of this kind."""

    def close(self) -> None:
        """End the connection."""
        self._site.close()

    def _said(self, method: str, path: str, body: bytes) -> bytes | None:
        try:
            status, said = self._site.ask(method, path, body)
        except httpx.HTTPError:
            return None
        return said if status == httpx.codes.OK else None
