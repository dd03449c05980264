"""A served installation behind the nginx of `deploy/`, with a certificate of our own.

Where nginx is missing the tests are skipped, but in CI they fail.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.committed import ROOT

HOST = "credit.example.org"
TEMPLATE = ROOT / "deploy" / "nginx" / "xinheng.conf"
PATIENCE_SECONDS = 90
SERVE = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
os.execv(sys.executable, [sys.executable, "-m", "xinheng", "serve"])
"""
AROUND = """
daemon off;
pid {place}/nginx.pid;
error_log {place}/start.log;
events {{ worker_connections 256; }}
http {{
    client_body_temp_path {place}/body;
    proxy_temp_path {place}/proxy;
    fastcgi_temp_path {place}/fastcgi;
    uwsgi_temp_path {place}/uwsgi;
    scgi_temp_path {place}/scgi;
    {conf}
}}
"""


@dataclass
class Site:
    """An installation: its directory, its environment, and the socket it serves on."""

    place: Path
    environment: dict[str, str]
    listener: socket.socket
    servers: list[subprocess.Popen[str]]

    def begin(self) -> subprocess.Popen[str]:
        """Start a server on the socket, as a service manager would."""
        number = self.listener.fileno()
        with (self.place / f"serve-{len(self.servers)}.log").open("w") as log:
            server = subprocess.Popen(
                [sys.executable, "-c", SERVE, str(number)],
                env=self.environment,
                pass_fds=[number],
                stdout=log,
                stderr=log,
                text=True,
            )
        self.servers.append(server)
        return server

    def wait_for(self, number: int) -> None:
        """Wait until the server of that number listens."""
        log = self.place / f"serve-{number}.log"
        until = time.monotonic() + PATIENCE_SECONDS
        while "server.listening" not in log.read_text():
            assert self.servers[number].poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.1)


@dataclass(frozen=True)
class Proxy:
    """nginx before a site; `context` believes our own authority alone."""

    tls: int
    plain: int
    context: ssl.SSLContext
    place: Path

    def client(self, **options: object) -> httpx.Client:
        """Return a client that asks for the site by its name."""
        return httpx.Client(
            base_url=f"https://127.0.0.1:{self.tls}",
            verify=self.context,
            headers={"Host": HOST},
            timeout=60,
            trust_env=False,
            **options,
        )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="class")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A new installation in an embedded database, served as behind a proxy."""
    place = tmp_path_factory.mktemp("site")
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("XINHENG") and name != "DATABASE_URL"
    }
    environment = kept | {
        "DJANGO_SETTINGS_MODULE": "xinheng.project.settings",
        "XINHENG_DIR": str(place / "data"),
        "XINHENG_SECRET_KEY": secrets.token_urlsafe(50),
        "XINHENG_HOSTS": f"{HOST},127.0.0.1",
        "XINHENG_BEHIND_PROXY": "1",
        "XINHENG_LEDGER_ORIGIN": "test.example/ledger",
    }
    site = Site(place, environment, listener, [])
    site.begin()
    site.wait_for(0)
    yield site
    for server in site.servers:
        server.send_signal(signal.SIGTERM)
    for server in site.servers:
        server.wait(timeout=PATIENCE_SECONDS)
    listener.close()


@pytest.fixture(scope="class")
def proxy(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """The nginx of `deploy/` with other ports and places and a test's certificate."""
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if nginx is None:
        complain = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        complain("nginx is not installed")
    place = tmp_path_factory.mktemp("nginx")
    context = certify(place)
    tls, plain = free_port(), free_port()
    changes = {
        "127.0.0.1:8000": f"127.0.0.1:{site.listener.getsockname()[1]}",
        "listen 443": f"listen 127.0.0.1:{tls}",
        "listen 80": f"listen 127.0.0.1:{plain}",
        "/etc/xinheng/tls": str(place),
        "/var/log/nginx": str(place),
    }
    conf = TEMPLATE.read_text("utf-8")
    for before, after in changes.items():
        assert before in conf
        conf = conf.replace(before, after)
    (place / "nginx.conf").write_text(AROUND.format(place=place, conf=conf))
    running = subprocess.Popen(
        [nginx, "-p", str(place), "-e", f"{place}/start.log", "-c", "nginx.conf"]
    )
    wait_for_port(tls, place)
    yield Proxy(tls, plain, context, place)
    running.terminate()
    running.wait(timeout=30)


def wait_for_port(port: int, place: Path) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < until, (place / "start.log").read_text()
            time.sleep(0.05)


def certify(place: Path) -> ssl.SSLContext:
    """Make an authority and a certificate of the site; trust the authority alone."""
    authority = ec.generate_private_key(ec.SECP256R1())
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = _name("Test authority")
    of_authority = (
        _certificate(issuer, issuer, authority.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(authority, hashes.SHA256())
    )
    of_site = (
        _certificate(_name(HOST), issuer, key.public_key())
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False
        )
        .sign(authority, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (place / "site.pem").write_bytes(of_site.public_bytes(pem))
    (place / "authority.pem").write_bytes(of_authority.public_bytes(pem))
    (place / "site.key").write_bytes(
        key.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.create_default_context(cafile=str(place / "authority.pem"))
    # The certificate is asked for by name, the connection goes to this machine.
    context.check_hostname = False
    return context


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
    )


def directives(text: str) -> list[tuple[str, str]]:
    """Return the assignments of a unit file, comments left out."""
    found = re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE)
    return [(name, value) for name, value in found]
