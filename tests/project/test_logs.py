"""Logs: no number of a person, whoever wrote the line."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

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
