"""Logs: no number of a person, whoever wrote the line."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest
import structlog

from xinheng.project import logs

NUMBER = "210899199001010012"


class TestStrikeOut:
    @pytest.mark.parametrize(
        ("text", "left"),
        [
            (f"Not Found: /api/v1/organizations/{NUMBER}", True),
            ("Key (name)=(示例210899900101001号) exists", True),
            ("21089919900101001x", True),
            ("entry 91210899MA70829812, 12345678901 bytes", False),
        ],
    )
    def test_takes_out_what_looks_like_a_persons_number(self, text, left):
        told = logs.strike_out(None, "warning", {"event": text, "status": 404})

        assert ("***" in told["event"]) is left
        assert (told["event"] == text) is not left
        assert told["status"] == 404


def test_an_address_and_a_traceback_are_written_without_it():
    """Django logs the address of what it did not find, and a defect's traceback."""
    script = (
        "import logging, structlog\n"
        "from xinheng.project import logs\n"
        "logs.configure('info')\n"
        f"logging.getLogger('django.request').warning('Not Found: %s', '/{NUMBER}')\n"
        f"structlog.get_logger().info('some.event', path='{NUMBER}')\n"
        "try:\n"
        f"    raise ValueError('{NUMBER}')\n"
        "except ValueError:\n"
        "    logging.getLogger('django.request').exception('defect')\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["level"] for line in lines] == ["warning", "info", "error"]
    assert "ValueError" in lines[-1]["exception"]
    assert NUMBER not in done.stderr


CANARY = "canary-7f3a"


@pytest.fixture
def logged(capsys: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    """Log everything to the captured stream; afterwards as before."""
    root = logging.getLogger()
    kept, handlers, level = structlog.get_config(), root.handlers[:], root.level
    logs.configure("debug")
    yield capsys
    structlog.configure(**kept)
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.django_db
def test_no_header_body_cookie_or_query_of_a_request_is_logged(logged, monkeypatch):
    """Whatever the answer is, and at the level that tells most."""
    from django.test import Client

    from xinheng.web.portal import home

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a defect")

    client = Client(raise_request_exception=False)
    client.cookies["session"] = CANARY
    told = {
        "query_params": {"q": CANARY},
        "headers": {"User-Agent": CANARY, "Authorization": f"Bearer {CANARY}"},
    }
    body = {"data": {"username": CANARY, "password": CANARY}}
    statuses = [
        client.get("/no-such-page", **told).status_code,
        client.get("/search", **told).status_code,
        client.post("/desk/sign-in", **told, **body).status_code,
        client.post("/", **told, **body).status_code,
        client.post("/api/v1/submissions", **told, **body).status_code,
        client.get("/about/", **told, HTTP_HOST=f"{CANARY}.example").status_code,
    ]
    monkeypatch.setattr(home, "render", broken)
    statuses.append(client.get("/", **told).status_code)

    written = logged.readouterr().err
    assert statuses[0] == 404
    assert statuses[-1] == 500
    assert "a defect" in written
    assert CANARY not in written
