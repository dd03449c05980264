"""The hub: everybody who follows is told everything, once, in order."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing

import pytest
from django.db import OperationalError

from tests.factories import loops
from xinheng.api import streaming
from xinheng.api.streaming import Event, Hub, Source, Stretch
from xinheng.core.changes.cursor import BEGINNING, Cursor

LONGEST_SECONDS = 20


class Feed:
    """A ledger of entries with one event each, some of them for nobody to see."""

    def __init__(self, hidden: Callable[[int], bool] = lambda seq: False) -> None:
        self.entries = 0
        self.reads = 0
        self.is_away = False
        self._hidden = hidden

    def size(self) -> int:
        if self.is_away:
            raise OperationalError("the server closed the connection")
        return self.entries

    def read(self, after: Cursor) -> Stretch:
        self.reads += 1
        end = min(self.entries, after.seq + 1 + 3)
        events = [
            Event(Cursor(seq, 1), "change", {"n": seq})
            for seq in range(after.seq + 1, end)
            if not self._hidden(seq)
        ]
        return Stretch(events, Cursor(end - 1), end == self.entries)


def follow(hub: Hub, feed: Feed, after: Cursor = BEGINNING) -> AsyncGenerator[dict]:
    async def events() -> AsyncGenerator[dict]:
        async with aclosing(hub.follow(Source("all", feed.read), after)) as followed:
            async for said in followed:
                for event in said.decode().split("\n\n")[:-1]:
                    lines = (line.split(": ", 1) for line in event.splitlines())
                    yield dict(lines)

    return events()


async def take(events: AsyncIterator[dict], count: int) -> list[int]:
    """Return the numbers of the next changes."""
    taken: list[int] = []
    while len(taken) < count:
        event = await asyncio.wait_for(anext(events), LONGEST_SECONDS)
        if event["event"] == "change":
            taken.append(json.loads(event["data"])["n"])
    return taken


class TestFollow:
    def test_tells_what_was_before_and_what_comes(self):
        async def run() -> None:
            feed = Feed()
            hub, feed.entries = Hub(feed.size), 10
            events = follow(hub, feed)

            assert await take(events, 10) == list(range(10))
            feed.entries = 14
            assert await take(events, 4) == [10, 11, 12, 13]
            await events.aclose()

        loops.run(run())

    def test_says_that_all_is_told_where_there_is_nothing(self):
        async def run() -> None:
            feed = Feed(hidden=lambda seq: True)
            hub, feed.entries = Hub(feed.size), 5
            events = follow(hub, feed)

            event = await asyncio.wait_for(anext(events), LONGEST_SECONDS)
            assert (event["event"], event["id"]) == ("current", "4")
            assert json.loads(event["data"]) == {"ledger_size": 5}
            await events.aclose()

        loops.run(run())

    def test_goes_on_where_a_client_broke_off(self):
        async def run() -> None:
            feed = Feed()
            hub, feed.entries = Hub(feed.size), 10
            events = follow(hub, feed, Cursor(6, 1))

            assert await take(events, 3) == [7, 8, 9]
            await events.aclose()

        loops.run(run())

    def test_reads_a_source_once_however_many_follow(self):
        async def run() -> None:
            feed = Feed()
            hub, feed.entries = Hub(feed.size), 1
            everyone = [follow(hub, feed, Cursor(0)) for _ in range(200)]
            for events in everyone:
                await asyncio.wait_for(anext(events), LONGEST_SECONDS)

            feed.entries, before = 2, feed.reads
            told = await asyncio.gather(*(take(events, 1) for events in everyone))

            assert told == [[1]] * 200
            assert feed.reads == before + 1
            for events in everyone:
                await events.aclose()

        loops.run(run())

    def test_lets_one_that_fell_behind_catch_up(self, monkeypatch):
        monkeypatch.setattr(streaming, "MOST_KEPT", 2)

        async def run() -> None:
            feed = Feed()
            hub, feed.entries = Hub(feed.size), 1
            slow, quick = follow(hub, feed), follow(hub, feed)
            assert await take(slow, 1) == await take(quick, 1) == [0]
            for entries in (5, 9, 13):
                feed.entries = entries
                await take(quick, 4)

            assert await take(slow, 12) == list(range(1, 13))
            await slow.aclose()
            await quick.aclose()

        loops.run(run())

    def test_misses_nothing_while_the_database_is_away(self):
        async def run() -> None:
            feed = Feed()
            hub, feed.entries = Hub(feed.size), 1
            events = follow(hub, feed)
            assert await take(events, 1) == [0]

            feed.is_away, feed.entries = True, 4
            await asyncio.sleep(streaming.ASKS_EVERY_SECONDS * 3)
            feed.is_away = False

            assert await take(events, 3) == [1, 2, 3]
            await events.aclose()

        loops.run(run())

    def test_asks_no_more_once_nobody_follows(self):
        async def run() -> None:
            feed = Feed()
            hub, feed.entries = Hub(feed.size), 1
            events = follow(hub, feed)
            await take(events, 1)
            await events.aclose()

            assert hub._channels == {}
            assert hub._task is None

        loops.run(run())

    def test_breaks_off_where_nobody_looks_any_more(self, monkeypatch):
        monkeypatch.setattr(streaming, "HEARTBEAT_SECONDS", 0.05)

        async def run() -> None:
            feed = Feed()
            hub, feed.entries = Hub(feed.size), 1
            events = follow(hub, feed)
            await take(events, 1)
            assert hub._task is not None
            hub._task.cancel()

            with pytest.raises(RuntimeError, match="nobody follows"):
                await take(events, 1)

        loops.run(run())
