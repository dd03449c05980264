"""One hub per process that tells any number of clients what the ledger brought.

One task asks the database, some forty times a second, how long the ledger is. When it
grew, each source that somebody follows is read once, whatever the number of clients,
and what it tells is sent to all of them. A client that comes with an older cursor, or
falls behind, reads from the database until it has caught up.

To stream something else, say what one kind of client may see and how it is read on:

    def read(after: Cursor) -> Stretch:
        ...                         # pages of what follows, as far as it may be seen
    source = Source(key=("measures", unit), read=read)
    return streaming.answer(source, after=cursor)

Clients whose sources have the same key are told the same, so the key holds everything
that decides what may be seen. `read` runs in a thread, with a connection of its own; it
must give the same for the same cursor but for what was added or must no longer be seen.
"""

from __future__ import annotations

import asyncio
import json
from bisect import bisect_right
from collections import deque
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Callable,
    Hashable,
    Mapping,
    Sequence,
)
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TypeVar
from weakref import WeakKeyDictionary

import structlog
from django.db import DatabaseError, connection
from django.http import StreamingHttpResponse

from xinheng.apps.ledger import queries as ledger
from xinheng.core.changes.cursor import Cursor

logger = structlog.get_logger("xinheng.api")
ASKS_EVERY_SECONDS = 0.025
HEARTBEAT_SECONDS = 15.0
MOST_KEPT = 1_000  # events that a source keeps at hand for clients a little behind
READERS = 4
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Event:
    """Something to tell: its place, its kind and what it says."""

    cursor: Cursor
    kind: str
    content: Mapping[str, object]

    def encode(self) -> bytes:
        """Return it as a server-sent event."""
        said = json.dumps(self.content, ensure_ascii=False, separators=(",", ":"))
        return f"id: {self.cursor}\nevent: {self.kind}\ndata: {said}\n\n".encode()


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a source tells next; go on from `next`, at once unless `is_end`."""

    events: Sequence[Event]
    next: Cursor
    is_end: bool


@dataclass(frozen=True, slots=True)
class Source:
    """What one kind of client is told: see the module's text."""

    key: Hashable
    read: Callable[[Cursor], Stretch]


@dataclass(slots=True)
class _Channel:
    """A source that somebody follows, with its last events at hand.

    `begin` is the place before the first of them, `end` the one up to which all is
    told.
    """

    source: Source
    begin: Cursor
    end: Cursor
    followers: int = 0
    places: deque[Cursor] = field(default_factory=deque)
    encoded: deque[bytes] = field(default_factory=deque)
    moved: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, stretch: Stretch) -> None:
        for event in stretch.events:
            self.places.append(event.cursor)
            self.encoded.append(event.encode())
        while len(self.places) > MOST_KEPT:
            self.begin = self.places.popleft()
            self.encoded.popleft()
        self.end = stretch.next
        moved, self.moved = self.moved, asyncio.Event()
        moved.set()

    def since(self, cursor: Cursor) -> bytes:
        """Return what was told after a place that is not before `begin`."""
        if not self.places or cursor >= self.places[-1]:
            return b""
        first = bisect_right(self.places, cursor)
        return b"".join(list(self.encoded)[first:])


class Hub:
    """Follows the ledger for all clients of one event loop."""

    def __init__(self, size: Callable[[], int]) -> None:
        self._size = size
        self._told = -1
        self._channels: dict[Hashable, _Channel] = {}
        self._task: asyncio.Task[None] | None = None
        self._readers = ThreadPoolExecutor(READERS, "feed-reader")
        self._tailer = ThreadPoolExecutor(1, "feed-tailer")

    async def follow(self, source: Source, after: Cursor) -> AsyncGenerator[bytes]:
        """Yield what a source tells after a place, for ever; heartbeats in between.

        As soon as a client has caught up it is told so (`current`), also where there
        was nothing to tell.
        """
        channel = await self._join(source)
        try:
            async for told in self._catch_up(channel, after):
                after = told.next
                yield b"".join(event.encode() for event in told.events)
            yield _current(after)
            while True:
                moved = channel.moved
                if after < channel.begin:
                    stretch = await self._read(source, after)
                    after = stretch.next
                    yield b"".join(event.encode() for event in stretch.events)
                    continue
                said, after = channel.since(after), max(after, channel.end)
                if said:
                    yield said
                elif not await _happens(moved):
                    self._require_tail()
                    yield _current(after)
        finally:
            self._leave(channel)

    async def _catch_up(
        self, channel: _Channel, after: Cursor
    ) -> AsyncIterator[Stretch]:
        is_end = after >= channel.end
        while not is_end:
            stretch = await self._read(channel.source, after)
            after, is_end = stretch.next, stretch.is_end
            yield stretch

    async def _join(self, source: Source) -> _Channel:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._tail())
        if self._told < 0:
            self._told = await self._in(self._tailer, self._size)
        here = Cursor(self._told - 1)
        channel = self._channels.setdefault(source.key, _Channel(source, here, here))
        channel.followers += 1
        return channel

    def _require_tail(self) -> None:
        """Break off rather than say that nothing happens, where nobody looks.

        Raises:
            RuntimeError: the task that follows the ledger has ended.
        """
        if self._task is None or self._task.done():
            raise RuntimeError("nobody follows the ledger")

    def _leave(self, channel: _Channel) -> None:
        channel.followers -= 1
        if not channel.followers:
            self._channels.pop(channel.source.key, None)
        if not self._channels and self._task is not None:
            self._task.cancel()
            self._task, self._told = None, -1
            self._tailer.submit(_close)

    async def _tail(self) -> None:
        while True:
            await asyncio.sleep(ASKS_EVERY_SECONDS)
            try:
                size = await self._in(self._tailer, self._size)
                if size != self._told:
                    await self._tell(size)
            except DatabaseError as failure:
                # It is away: whoever follows goes on waiting, and misses nothing.
                logger.warning("feed.broke_off", failure=type(failure).__name__)
                await self._in(self._tailer, _close)

    async def _tell(self, size: int) -> None:
        for channel in list(self._channels.values()):
            is_end = channel.end >= Cursor(size - 1)
            while not is_end:
                read = channel.source.read
                stretch = await self._in(self._tailer, read, channel.end)
                channel.add(stretch)
                is_end = stretch.is_end
        self._told = size

    async def _read(self, source: Source, after: Cursor) -> Stretch:
        def read() -> Stretch:
            try:
                return source.read(after)
            finally:
                connection.close()

        return await self._in(self._readers, read)

    async def _in(
        self, pool: ThreadPoolExecutor, call: Callable[..., T], *arguments: object
    ) -> T:
        return await asyncio.get_running_loop().run_in_executor(pool, call, *arguments)


def _close() -> None:
    """Close the connection of the thread that runs this."""
    connection.close()


def _current(cursor: Cursor) -> bytes:
    """Return the word that all is told up to a place."""
    content = {"ledger_size": cursor.seq + 1}
    return Event(cursor, "current", content).encode()


async def _happens(moved: asyncio.Event) -> bool:
    try:
        await asyncio.wait_for(moved.wait(), HEARTBEAT_SECONDS)
    except TimeoutError:
        return False
    return True


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


async def _follow(source: Source, after: Cursor) -> AsyncIterator[bytes]:
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub(ledger.size)
    async with aclosing(_hubs[loop].follow(source, after)) as followed:
        async for said in followed:
            yield said


def answer(source: Source, *, after: Cursor) -> StreamingHttpResponse:
    """Return an answer that goes on for as long as the client listens.

    The connection with which the request was looked into is given back at once: an
    answer that never ends would keep it.
    """
    connection.close_if_unusable_or_obsolete()
    response = StreamingHttpResponse(
        _follow(source, after), content_type="text/event-stream; charset=utf-8"
    )
    response["Cache-Control"] = "no-store"
    # A proxy that collects answers before it hands them on would hold events back.
    response["X-Accel-Buffering"] = "no"
    return response
