"""What every way to a target can do, and how an address is examined."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from django.conf import settings

from xinheng.apps.outbox import webhooks
from xinheng.core.exchange.answers import Answer, RowAnswer
from xinheng.core.exchange.packaging import Package
from xinheng.core.webhooks import addresses

LONGEST_ANSWER = 20_000_000
TIMEOUT_SECONDS = 30.0


class CarrierError(RuntimeError):
    """A target can't be used at all; `code` is stable and holds no secret."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Carrier(Protocol):
    """A way to a target; it raises for what only the operator can mend."""

    def send(self, package: Package) -> Answer:
        """Send a package and return the answer.

        Raises:
            CarrierError: see the class.
        """

    def describe(self, dataset: str) -> tuple[str, ...] | None:
        """Return the header that the target wants, null where it doesn't tell."""

    def query(
        self, dataset: str, keys: Sequence[str]
    ) -> Mapping[str, RowAnswer] | None:
        """Return what the target holds of keys, null where it doesn't tell."""

    def feedback(self) -> Iterable[tuple[str, bytes | None]]:
        """Return files of feedback that wait: name and bytes, null where it is broken.

        A target that is asked about every row leaves none.
        """

    def feedback_taken(self, name: str) -> None:
        """Let a file of feedback go that was taken."""

    def close(self) -> None:
        """End the connection."""


def examined(host: str, port: int, *, is_encrypted: bool) -> str:
    """Return the address behind a name, examined; the connection goes to that one.

    Raises:
        CarrierError: `ADDRESS` and why: it leads nowhere, or inside.
    """
    target = addresses.Target("https" if is_encrypted else "http", host, port)
    found = webhooks.resolve(host, port)
    allowed = [ipaddress.ip_network(each) for each in settings.EXCHANGE_NETWORKS]
    fault = addresses.find_fault(target, found, allowed=allowed)
    if fault is not None:
        raise CarrierError(fault.value.replace("WEBHOOK", "ADDRESS"))
    return found[0]
