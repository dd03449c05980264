"""Coroutines in tests: Playwright leaves a loop of its own running in their thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def run(coroutine: Coroutine[object, object, T]) -> T:
    """Return what a coroutine comes to, run by a loop in a thread of its own."""
    with ThreadPoolExecutor(1) as alone:
        return alone.submit(asyncio.run, coroutine).result()


def apart(function: Callable[P, T]) -> Callable[P, T]:
    """Run a test whose code runs a loop of its own in a thread of its own.

    A test that meets the database can't: its transaction is that of its own thread.
    """

    @wraps(function)
    def alone(*args: P.args, **options: P.kwargs) -> T:
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(function, *args, **options).result()

    return alone
