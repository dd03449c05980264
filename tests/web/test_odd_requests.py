"""Odd parameters, headers and cookies on every page: an answer, never a broken server.

The test client lets exceptions through, so a page that breaks fails by itself.
"""

from __future__ import annotations

import re
from pathlib import Path

from django.test import Client

import xinheng.web
from tests.web.test_permission_matrix import pages

NAMES = re.compile(r'GET(?:\.get|\.getlist)?[(\[]\s*"([a-z_]+)"')
VALUES = (
    "",
    "-1",
    "9" * 40,
    "\x00",
    "\ud7ff\U0010ffff%00'\"<b>--",
    "0000-00-00",
    "9999-12-31T23:59:59+99:99",
    "../../etc/passwd",
    "{{7*7}}${7*7}%s%n",
    "‮示例" * 300,
)
HEADERS = (
    {"HTTP_ACCEPT_LANGUAGE": ";q=9,,zh-\x7f;q=-1,*" * 50},
    {"HTTP_ACCEPT": "\xff/*;q=x", "HTTP_RANGE": "bytes=-9,9-"},
    {"HTTP_COOKIE": "session=;__Host-session=\xff; csrf=a=b;;language=../x"},
    {"HTTP_COOKIE": "; ".join(f"c{n}={'x' * 50}" for n in range(60))},
    {"HTTP_X_FORWARDED_FOR": "a, ::1%eth0, 999.1.1.1", "HTTP_X_FORWARDED_PROTO": "x"},
    {"HTTP_REFERER": "javascript:\x0b", "HTTP_ORIGIN": "null"},
    {"HTTP_IF_NONE_MATCH": 'W/"', "HTTP_IF_MODIFIED_SINCE": "Someday"},
    {"HTTP_AUTHORIZATION": "Bearer \xe9", "HTTP_LAST_EVENT_ID": "-1.x"},
    {"HTTP_HX_REQUEST": "\x00", "HTTP_HX_TARGET": "<"},
)


def parameters():
    """Return the names that any page reads from an address."""
    files = Path(xinheng.web.__file__).parent.rglob("*.py")
    return sorted({name for path in files for name in NAMES.findall(path.read_text())})


def addresses():
    """Return every page but those that end the session."""
    return [address for name, address in pages() if "sign-" not in name]


def test_reads_the_parameters_that_pages_take():
    assert {"page", "period", "q"} <= set(parameters())


def test_odd_parameters_break_no_page(office):
    names = parameters()
    for number, address in enumerate(addresses()):
        value = VALUES[number % len(VALUES)]
        answer = office.get(address, dict.fromkeys(names, value))
        assert answer.status_code < 500, (address, value)


def test_odd_headers_and_cookies_break_no_page(city):
    for number, address in enumerate(addresses()):
        odd = HEADERS[number % len(HEADERS)]
        assert Client().get(address, **odd).status_code < 500, (address, odd)
