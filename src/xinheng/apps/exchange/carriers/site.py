"""A site that is asked over HTTP, at the address that was examined."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import httpx

from xinheng.apps.exchange.carriers.carrier import (
    LONGEST_ANSWER,
    TIMEOUT_SECONDS,
    CarrierError,
    examined,
)
from xinheng.core.webhooks import addresses


class Site:
    """One site; redirects are not followed, and no proxy is taken from outside.

    Raises:
        CarrierError: `ADDRESS_URL`, `SECRET_FILE`.
    """

    def __init__(self, url: str, secret_file: str) -> None:
        parsed = addresses.parse(url)
        if isinstance(parsed, addresses.Fault):
            raise CarrierError("ADDRESS_URL")
        self._target, self._url = parsed, httpx.URL(url.rstrip("/"))
        self._path = self._url.path.rstrip("/")
        self._token = _secret(secret_file)
        self._client = httpx.Client(
            timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False
        )

    def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> tuple[int, bytes | None]:
        """Return status and body; null for one that is too long.

        Raises:
            CarrierError: the name leads where it may not.
            httpx.HTTPError: what became of the connection.
        """
        is_encrypted = self._target.scheme == "https"
        address = examined(
            self._target.host, self._target.port, is_encrypted=is_encrypted
        )
        url = self._url.copy_with(host=address, path=f"{self._path}/{path}")
        sent = {"host": self._url.netloc.decode(), **(headers or {})}
        if self._token:
            sent["authorization"] = f"Bearer {self._token}"
        with self._client.stream(
            method,
            url,
            content=body or None,
            headers=sent,
            params=query,
            extensions={"sni_hostname": self._target.host},
        ) as answer:
            return answer.status_code, _body(answer)

    def close(self) -> None:
        """End the connection."""
        self._client.close()


def _body(answer: httpx.Response) -> bytes | None:
    found = bytearray()
    for part in answer.iter_bytes():
        found += part
        if len(found) > LONGEST_ANSWER:
            return None
    return bytes(found)


def _secret(file: str) -> str:
    if not file:
        return ""
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        raise CarrierError("SECRET_FILE") from None
