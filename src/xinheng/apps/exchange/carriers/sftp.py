"""A target that is told by files over SFTP.

    in/FILE                     a package
    in/FILE.manifest.json       written last: package, dataset, rows, sha256
    asks/ID.json                a question: dataset, keys
    out/ID.json                 an answer, to a package or a question
    out/ID.json.sha256          written last: its checksum, or it is not believed
    templates/DATASET.json      {"columns": [...]}
    feedback/FILE               feedback on rows, whenever the platform has some
    feedback/FILE.sha256        written last: its checksum, or it is not believed

The server's key is pinned: where another one answers, nothing is sent.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

import asyncssh

from xinheng.apps.exchange.carriers.carrier import (
    LONGEST_ANSWER,
    TIMEOUT_SECONDS,
    CarrierError,
    examined,
)
from xinheng.apps.exchange.targets import Target
from xinheng.core.exchange import answers
from xinheng.core.exchange.answers import Answer, Kind, RowAnswer
from xinheng.core.exchange.packaging import Package

asyncssh.set_log_level("WARNING")
T = TypeVar("T")
ANSWER_SECONDS = 20.0
LOOK_SECONDS = 0.1
PORT = 22
MOST_FILES = 100
_FAILURES = (OSError, asyncssh.Error, asyncio.TimeoutError)


class SftpCarrier:
    """The way to one target over SFTP; the connection is kept for the run."""

    def __init__(self, target: Target) -> None:
        parts = urlsplit(target.url)
        if parts.scheme != "sftp" or not parts.hostname:
            raise CarrierError("ADDRESS_URL")
        self._host, self._port = parts.hostname, parts.port or PORT
        self._user = unquote(parts.username or "")
        self._folder = unquote(parts.path).rstrip("/")
        self._key, self._host_key = target.secret_file, _public(target.host_key_file)
        self._runner = asyncio.Runner()
        self._connection: asyncssh.SSHClientConnection | None = None
        self._sftp: asyncssh.SFTPClient | None = None

    def send(self, package: Package) -> Answer:
        """Send a package and return the answer."""
        try:
            self._run(self._connect())
        except _FAILURES:
            return Answer(Kind.UNREACHABLE)
        try:
            self._run(self._put(package))
            said = self._run(self._wait_for(package.id))
        except _FAILURES:
            self.close_connection()
            return Answer(Kind.LOST)
        if said is None:
            return Answer(Kind.LOST)
        if said == b"":
            return Answer(Kind.MALFORMED, oddities=("MANIFEST_MISMATCH",))
        return answers.parse(said, package=package.id, keys=package.keys)

    def describe(self, dataset: str) -> tuple[str, ...] | None:
        """Return the header that the target wants, null where it doesn't tell."""
        try:
            self._run(self._connect())
            said = self._run(self._read(f"templates/{dataset}.json"))
            return tuple(map(str, json.loads(said)["columns"]))
        except (*_FAILURES, ValueError, KeyError, TypeError):
            return None

    def query(
        self, dataset: str, keys: Sequence[str]
    ) -> Mapping[str, RowAnswer] | None:
        """Return what the target holds of keys, null where it doesn't tell."""
        asked = {"dataset": dataset, "keys": list(keys), "at": time.time_ns()}
        data = json.dumps(asked).encode()
        name = sha256(data).hexdigest()[:32]
        try:
            self._run(self._connect())
            self._run(self._write(f"asks/{name}.json", data))
            said = self._run(self._wait_for(name))
        except _FAILURES:
            self.close_connection()
            return None
        return answers.parse_states(said, keys=keys) if said else None

    def feedback(self) -> Iterator[tuple[str, bytes | None]]:
        """Yield the files of feedback that wait, null for one with a wrong checksum."""
        try:
            self._run(self._connect())
            names = self._run(self._list_feedback())
        except _FAILURES:
            self.close_connection()
            return
        for name in names:
            try:
                yield name, self._run(self._checked(f"feedback/{name}"))
            except _FAILURES:
                self.close_connection()
                return

    def feedback_taken(self, name: str) -> None:
        """Take away the checksum, which is what makes a file wait."""
        path = f"{self._folder}/feedback/{name}.sha256"
        try:
            self._run(self._client().remove(path))
        except _FAILURES:
            self.close_connection()  # it is taken again, which changes nothing

    def close(self) -> None:
        """End the connection."""
        self.close_connection()
        self._runner.close()

    def close_connection(self) -> None:
        """Drop a connection that may be broken; the next call opens one."""
        if self._connection is not None:
            self._connection.abort()
        self._connection = self._sftp = None

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(asyncio.wait_for(work, TIMEOUT_SECONDS))

    async def _connect(self) -> None:
        if self._sftp is not None:
            return
        address = examined(self._host, self._port, is_encrypted=True)
        try:
            self._connection = await asyncssh.connect(
                address,
                self._port,
                username=self._user,
                client_keys=[self._key] if self._key else None,
                known_hosts=([self._host_key], [], []),
                config=None,
                agent_path=None,
            )
        except asyncssh.HostKeyNotVerifiable:
            raise CarrierError("HOST_KEY_CHANGED") from None
        except asyncssh.PermissionDenied:
            raise CarrierError("ACCESS_DENIED") from None
        self._sftp = await self._connection.start_sftp_client()

    async def _put(self, package: Package) -> None:
        manifest = {
            "package": package.id,
            "dataset": package.dataset,
            "file": package.file_name,
            "rows": len(package.rows),
            "sha256": package.sha256,
        }
        await self._write(f"in/{package.file_name}", package.data)
        said = json.dumps(manifest, ensure_ascii=False).encode()
        await self._write(f"in/{package.file_name}.manifest.json", said)

    async def _write(self, path: str, data: bytes) -> None:
        """Write a file under another name first, so that it appears whole."""
        sftp = self._client()
        final = f"{self._folder}/{path}"
        async with sftp.open(f"{final}.part", "wb") as file:
            await file.write(data)
        await sftp.posix_rename(f"{final}.part", final)

    async def _wait_for(self, name: str) -> bytes | None:
        """Return an answer; null for none, empty for one whose checksum is wrong."""
        path = f"out/{name}.json"
        for _ in range(int(ANSWER_SECONDS / LOOK_SECONDS)):
            if await self._client().exists(f"{self._folder}/{path}.sha256"):
                said = await self._checked(path)
                await self._client().remove(f"{self._folder}/{path}.sha256")
                return said or b""
            await asyncio.sleep(LOOK_SECONDS)
        return None

    async def _list_feedback(self) -> list[str]:
        """Return the names of files whose checksum was written."""
        try:
            found = await self._client().listdir(f"{self._folder}/feedback")
        except asyncssh.SFTPNoSuchFile:
            return []
        names = [str(each) for each in found if str(each).endswith(".sha256")]
        return sorted(each.removesuffix(".sha256") for each in names)[:MOST_FILES]

    async def _checked(self, path: str) -> bytes | None:
        """Return a file, null where its checksum is another one."""
        said = await self._read(path)
        wanted = await self._read(f"{path}.sha256")
        return said if sha256(said).hexdigest().encode() == wanted.strip() else None

    async def _read(self, path: str) -> bytes:
        async with self._client().open(f"{self._folder}/{path}", "rb") as file:
            said: Any = await file.read(LONGEST_ANSWER)
        return bytes(said)  # the library's types say text, whatever the mode

    def _client(self) -> asyncssh.SFTPClient:
        if self._sftp is None:
            raise OSError
        return self._sftp


def _public(file: str) -> asyncssh.SSHKey:
    try:
        return asyncssh.read_public_key(Path(file))
    except (OSError, ValueError):
        raise CarrierError("HOST_KEY_FILE") from None
