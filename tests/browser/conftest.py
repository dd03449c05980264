"""A real browser in front of a served city.

Where Chromium or axe is missing the tests are skipped, but in CI they fail: a suite
that looks green because nobody looked is worse than none.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    sync_playwright,
)

from tests.factories import accounts

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
Open = Callable[..., Page]


def require(path: Path) -> Path:
    """Return the path; where nothing is there, fail in CI and skip elsewhere."""
    if not path.exists():
        complain = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        complain(f"{path.name} is not installed")
    return path


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    executable = require(CHROMIUM)
    with pytest.MonkeyPatch.context() as patch:
        # Playwright runs an event loop in this thread; Django asks whether one runs.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=str(executable), args=QUIET
            )
            yield browser
            browser.close()


@pytest.fixture
def city(chromium: Browser, live_server: Any, settings: Any, tmp_path: Path) -> str:
    """Found the register behind the server and return the server's address."""
    from tests.factories import city as cities

    cities.found(tmp_path, settings)
    return str(live_server.url)


@pytest.fixture
def open_page(chromium: Browser, city: str) -> Iterator[Open]:
    """Return a function that opens pages; nothing may be wrong on their consoles."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(f"{message.text} ({message.location.get('url')})")

    def open_one(path: str, *, client: Client | None = None, **options: Any) -> Page:
        options = {"locale": "zh-CN", "viewport": DESKTOP, **options}
        context = chromium.new_context(base_url=city, **options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        if client is not None:
            cookie = client.cookies[settings.SESSION_COOKIE_NAME]
            context.add_cookies(
                [{"name": cookie.key, "value": cookie.value, "url": city}]
            )
        page = context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def clerk(city: str) -> Client:
    """A session of a clerk of 市场监督管理局 (U02)."""
    accounts.clerk("zhang", unit="U02")
    client = Client()
    accounts.sign_in(client, "zhang")
    return client


@pytest.fixture
def office(city: str) -> Client:
    """A session of somebody of the credit office."""
    account = accounts.credit_office()
    client = Client()
    accounts.sign_in_verified(client, account, "office")
    return client
