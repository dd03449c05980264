"""What the faces of the simulator share: one platform, one lock, one clock."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from xinheng.core.exchange.upper import Platform

HOST = "127.0.0.1"


@dataclass
class Shared:
    """The platform behind every face; `hurry` makes its days pass faster."""

    platform: Platform
    hurry: float = 1.0
    lock: threading.Lock = field(default_factory=threading.Lock)
    _begun: float = field(default_factory=time.monotonic)

    def now(self) -> float:
        """Return the seconds that passed for the platform."""
        return (time.monotonic() - self._begun) * self.hurry

    def deliver(self, data: bytes, *, package: str, dataset: str) -> bytes | None:
        """Take a package; null where no answer comes back."""
        with self.lock:
            return self.platform.deliver(
                data, package=package, dataset=dataset, now=self.now()
            )

    def states(self, dataset: str, keys: list[str]) -> bytes:
        """Return what is held of keys."""
        with self.lock:
            return self.platform.states(dataset, keys, now=self.now())
