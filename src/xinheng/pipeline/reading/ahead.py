"""Work done ahead: the next items while the last one is being used."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def read_ahead(items: Iterator[T]) -> Iterator[T]:
    """Yield the same items; each is fetched in a thread before it is asked for."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        waiting = thread.submit(next, items, None)
        while (item := waiting.result()) is not None:
            waiting = thread.submit(next, items, None)
            yield item


def map_ahead(
    function: Callable[[T], R], items: Iterator[T], *, threads: int
) -> Iterator[R]:
    """Yield the function of each item, in order; so many are worked on at a time.

    With one thread the work is done by the caller's own.
    """
    if threads == 1:
        yield from map(function, items)
        return
    working: deque[Future[R]] = deque()
    with ThreadPoolExecutor(max_workers=threads) as pool:
        for item in items:
            working.append(pool.submit(function, item))
            if len(working) > threads:
                yield working.popleft().result()
        while working:
            yield working.popleft().result()
