"""The platform behind real nginx over TLS: what reaches it, what stays outside.

Each class has a site of its own, since some use theirs up.
"""

from __future__ import annotations

import signal
import socket
import sqlite3
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
import pytest

from tests.deploy.conftest import HOST, Proxy, Site

CANARY = "canary-51bd"


@dataclass
class Found:
    """What requests came to: the codes of answers, and what is a failure."""

    answered: list[int] = field(default_factory=list)
    failed: list[object] = field(default_factory=list)


@contextmanager
def asking(proxy: Proxy, *requests: tuple[str, str]) -> Iterator[Found]:
    """Ask on and on, one thread for each path and method, until the block ends."""
    found, is_over = Found(), threading.Event()

    def ask(path: str, method: str) -> None:
        with proxy.client() as client:
            while not is_over.is_set():
                try:
                    status = client.request(method, path).status_code
                except httpx.HTTPError as failure:
                    found.failed.append(failure)
                    continue
                if status >= 500 or status == 429:
                    found.failed.append((path, status))
                found.answered.append(status)
                time.sleep(0.05)

    askers = [threading.Thread(target=ask, args=each) for each in requests]
    for asker in askers:
        asker.start()
    try:
        yield found
    finally:
        is_over.set()
        for asker in askers:
            asker.join()


@pytest.fixture(scope="class")
def client(proxy: Proxy):
    with proxy.client() as client:
        yield client


class TestTls:
    def test_serves_the_certificate_of_the_site(self, proxy):
        context = ssl.create_default_context(cafile=str(proxy.place / "authority.pem"))
        with (
            socket.create_connection(("127.0.0.1", proxy.tls)) as plain,
            context.wrap_socket(plain, server_hostname=HOST) as session,
        ):
            assert session.version() in {"TLSv1.2", "TLSv1.3"}

    @pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
    def test_refuses_what_is_older(self, proxy):
        context = ssl.create_default_context(cafile=str(proxy.place / "authority.pem"))
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.maximum_version = ssl.TLSVersion.TLSv1_1
        with (
            socket.create_connection(("127.0.0.1", proxy.tls)) as plain,
            pytest.raises((ssl.SSLError, ConnectionError)),
        ):
            context.wrap_socket(plain, server_hostname=HOST)

    def test_leads_from_plain_http_to_the_same_page(self, proxy):
        answer = httpx.get(
            f"http://127.0.0.1:{proxy.plain}/table/?a=b", headers={"Host": HOST}
        )

        assert answer.status_code == 301
        assert answer.headers["Location"] == f"https://{HOST}/table/?a=b"


class TestPages:
    def test_come_with_every_header_and_a_cookie_of_this_host(self, client):
        answer = client.get("/desk/sign-in")

        assert answer.status_code == 200
        headers = answer.headers
        assert headers["Strict-Transport-Security"] == "max-age=31536000"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["Server"] == "nginx"
        cookie = headers["Set-Cookie"]
        assert cookie.startswith("__Host-csrf=")
        assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=Lax"))

    def test_say_who_is_alive_and_keep_figures_inside(self, client):
        asked = ("/healthz", "/metrics", "/readyz")

        assert [client.get(path).status_code for path in asked] == [200, 404, 404]

    def test_refuse_another_host_name(self, proxy, client):
        answer = client.get("/", headers={"Host": "elsewhere.example"})

        assert answer.status_code == 400

    def test_refuse_a_body_that_is_too_large_before_it_is_sent(self, proxy):
        with (
            socket.create_connection(("127.0.0.1", proxy.tls)) as plain,
            proxy.context.wrap_socket(plain, server_hostname=HOST) as session,
        ):
            session.sendall(
                f"POST /api/v1/submissions HTTP/1.1\r\nHost: {HOST}\r\n"
                "Content-Length: 9000000000\r\n\r\n".encode()
            )
            assert session.recv(100).startswith(b"HTTP/1.1 413")


class TestSignIn:
    def test_counts_the_address_that_nginx_saw_and_slows_down(self, site, client):
        page = client.get("/desk/sign-in").text
        token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[
            0
        ]
        answers = [
            client.post(
                "/desk/sign-in",
                data={
                    "csrfmiddlewaretoken": token,
                    "username": "nobody",
                    "password": CANARY,
                },
                headers={
                    "Referer": f"https://{HOST}/desk/sign-in",
                    "X-Forwarded-For": "203.0.113.9",
                    "X-Real-IP": "203.0.113.9",
                    "Forwarded": "for=203.0.113.9",
                },
            ).status_code
            for _ in range(2)
        ]
        assert answers == [200, 200]

        database = site.place / "data" / "xinheng.sqlite3"
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as db:
            found = db.execute("SELECT ip_address FROM axes_accessattempt").fetchall()
        assert found == [("127.0.0.1",)]

        more = [client.get("/desk/sign-in").status_code for _ in range(40)]
        assert 429 in more
        # Other pages answer on.
        assert client.get("/healthz").status_code == 200


class TestRestart:
    def test_fails_no_request_while_one_server_takes_over(self, site: Site, proxy):
        with asking(proxy, ("/about/", "GET"), ("/about/", "POST")) as found:
            site.begin()
            site.wait_for(1)
            site.servers[0].send_signal(signal.SIGTERM)
            assert site.servers[0].wait(timeout=60) == 0
            before = len(found.answered)
            time.sleep(1)

        assert found.failed == []
        assert len(found.answered) > before > 10


class TestNobody:
    def test_writes_nothing_of_a_request_even_where_nobody_answers(self, site, proxy):
        # The socket stays with this process, so nginx waits; closing it refuses.
        for server in site.servers:
            server.terminate()
            server.wait(timeout=60)
        site.listener.close()
        with proxy.client() as client:
            answer = client.get(f"/{CANARY}?q={CANARY}", headers={"User-Agent": CANARY})

        assert answer.status_code == 502
        logs = {
            path.name: path.read_text(errors="replace")
            for path in proxy.place.glob("*.log")
        }
        assert " GET 502 " in logs["xinheng.log"]
        assert not [name for name, text in logs.items() if CANARY in text]
        served = [path.read_text() for path in site.place.glob("serve-*.log")]
        assert CANARY not in "".join(served)
