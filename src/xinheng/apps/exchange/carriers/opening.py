"""The right way to a target, by the carrier of its profile."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from xinheng.apps.exchange.carriers.carrier import Carrier as Way
from xinheng.apps.exchange.carriers.carrier import CarrierError
from xinheng.apps.exchange.carriers.database import DatabaseCarrier
from xinheng.apps.exchange.carriers.http import HttpCarrier
from xinheng.apps.exchange.carriers.sftp import SftpCarrier
from xinheng.apps.exchange.targets import Target
from xinheng.core.exchange.profiles import Carrier

_WAYS: Mapping[Carrier, Callable[[Target], Way]] = {
    Carrier.HTTP: HttpCarrier,
    Carrier.SFTP: SftpCarrier,
    Carrier.DATABASE: DatabaseCarrier,
}


@contextmanager
def opened(target: Target) -> Iterator[Way]:
    """Open the way to a target and close it behind the block.

    Raises:
        CarrierError: it can't be used; `code` says why.
    """
    kind = _WAYS.get(target.base.carrier)
    if kind is None or target.by_hand:
        raise CarrierError("BY_HAND")
    way = kind(target)
    try:
        yield way
    finally:
        way.close()
