"""The simulator over SFTP: a folder on loopback, read and answered by a thread."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import asyncssh

from xinheng.cli.simulator.faces import HOST, Shared

FOLDERS = ("in", "out", "asks", "templates")
LOOK_SECONDS = 0.05
USER = "city"


class Server:
    """The folder below `root/drop`; keys for the city's side lie in `root`.

    `spoil` may change the checksum of an answer before it is written.
    """

    def __init__(
        self,
        shared: Shared,
        root: Path,
        port: int = 0,
        spoil: Callable[[str], str] = str,
    ) -> None:
        self._shared, self._drop, self._spoil = shared, root / "drop", spoil
        for name in FOLDERS:
            (self._drop / name).mkdir(parents=True, exist_ok=True)
        self._write_templates()
        self.client_key, self.host_key = root / "client_key", root / "host_key.pub"
        self._server_key = asyncssh.generate_private_key("ssh-ed25519")
        self._server_key.write_public_key(self.host_key)
        client = asyncssh.generate_private_key("ssh-ed25519")
        client.write_private_key(self.client_key)
        self.client_key.chmod(0o600)
        client.write_public_key(root / "authorized")
        self._authorized, self._port = root / "authorized", port
        self._ready, self._stopped = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"sftp://{USER}@{HOST}:{self._port}"

    def __enter__(self) -> Server:
        """Begin to serve."""
        self._thread.start()
        self._ready.wait(timeout=10)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop serving."""
        self._stopped.set()
        self._thread.join(timeout=10)

    def wait(self) -> None:
        """Wait until somebody stops it."""
        self._stopped.wait()

    def _serve(self) -> None:
        asyncio.run(self._listen())

    async def _listen(self) -> None:
        drop = str(self._drop).encode()
        server = await asyncssh.listen(
            HOST,
            self._port,
            server_host_keys=[self._server_key],
            authorized_client_keys=str(self._authorized),
            sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=drop),
        )
        self._port = server.get_port()
        self._ready.set()
        while not self._stopped.is_set():
            self._sweep()
            await asyncio.sleep(LOOK_SECONDS)
        server.close()
        await server.wait_closed()

    def _sweep(self) -> None:
        for manifest in sorted((self._drop / "in").glob("*.manifest.json")):
            self._take(manifest)
        for ask in sorted((self._drop / "asks").glob("*.json")):
            said = json.loads(ask.read_bytes())
            keys = [str(each) for each in said["keys"]]
            self._answer(ask.stem, self._shared.states(str(said["dataset"]), keys))
            ask.unlink()

    def _take(self, manifest: Path) -> None:
        said = json.loads(manifest.read_bytes())
        file = manifest.with_name(manifest.name.removesuffix(".manifest.json"))
        data = file.read_bytes()
        manifest.unlink()
        package = str(said["package"])
        if sha256(data).hexdigest() != said["sha256"]:
            refused = {"package": package, "status": "refused", "code": "MANIFEST"}
            self._answer(package, json.dumps(refused).encode())
            return
        answer = self._shared.deliver(
            data, package=package, dataset=str(said["dataset"])
        )
        file.unlink()
        if answer is not None:
            self._answer(package, answer)

    def _answer(self, name: str, said: bytes) -> None:
        file = self._drop / "out" / f"{name}.json"
        file.write_bytes(said)
        checksum = self._spoil(sha256(said).hexdigest())
        file.with_name(f"{file.name}.sha256").write_text(checksum, encoding="ascii")

    def _write_templates(self) -> None:
        platform = self._shared.platform
        for sheet in platform.profile.sheets:
            said = {"columns": platform.template(sheet.dataset)}
            file = self._drop / "templates" / f"{sheet.dataset}.json"
            file.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
