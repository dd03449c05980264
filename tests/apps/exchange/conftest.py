"""A founded city with permits, and an upper platform over real HTTP."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from tests.factories import city as cities
from tests.factories import files
from xinheng.apps.exchange import feeding, sending
from xinheng.apps.exchange.carriers import opening
from xinheng.apps.exchange.sending import Clock
from xinheng.apps.exchange.targets import Target
from xinheng.cli.simulator import http_face
from xinheng.cli.simulator.faces import Shared
from xinheng.core.exchange.upper import Platform
from xinheng.core.exchange.upper_rules import Rules
from xinheng.rulebook import exchange_profiles


class World:
    """The city's side and the platform's, with one clock that only the test moves."""

    def __init__(self, server, shared, profile):
        self.shared, self.server = shared, server
        self.at = cities.AT
        self.target = Target(name="province", profile=profile, url=server.url)
        sending.ensure([self.target])

    @property
    def platform(self):
        return self.shared.platform

    def rules(self, **rules):
        self.platform.rules = Rules(0, **rules)

    def feed(self):
        return feeding.feed(self.target, on=self.at.date(), at=self.at)

    def run(self, **later):
        self.at += timedelta(**later)
        self.feed()
        with opening.opened(self.target) as carrier:
            return sending.run(
                self.target, carrier, clock=Clock(self._now, self._sleep), worker="test"
            )

    def _now(self):
        return self.at

    def _sleep(self, seconds):
        self.at += timedelta(seconds=seconds)


class ByHand(Shared):
    """The platform's clock is the test's."""

    world: World | None = None

    def now(self):
        return self.world.at.timestamp() if self.world else 0.0


@pytest.fixture
def world(city, settings):
    settings.EXCHANGE_NETWORKS = ["127.0.0.0/8"]
    profile = exchange_profiles.profiles()["province-service"]
    shared = ByHand(Platform(profile, Rules(0)))
    with http_face.Server(shared) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        made = World(server, shared, profile.name)
        shared.world = made
        yield made
        server.shutdown()
        thread.join()


@pytest.fixture
def landed(world):
    cities.hand_in(files.permit_rows(6), unit="U01")
    return world
