"""Which addresses a webhook may have: public ones, unless an operator says otherwise.

A machine that sends to any address it is told becomes somebody else's hand inside the
network: metadata services, databases, printers. So the address must be HTTPS to a name
or number that is public in the sense of the registries; what lies in an inner network
is refused, also where a public name leads there, unless the operator listed the
network.

Source: RFC 6890 (special-purpose addresses), as the standard library knows them.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
LONGEST = 500
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052


class Fault(StrEnum):
    """Why an address can't be used; stable codes."""

    FORM = "WEBHOOK_URL"  # no URL, too long, a user name in it, a fragment
    NOT_HTTPS = "WEBHOOK_NOT_HTTPS"
    UNKNOWN_HOST = "WEBHOOK_UNKNOWN_HOST"  # the name leads nowhere
    INNER = "WEBHOOK_INNER_ADDRESS"  # it leads into a network that is not public


@dataclass(frozen=True, slots=True)
class Target:
    """A URL in its parts; `host` is a name or a number."""

    scheme: str
    host: str
    port: int


def parse(url: str) -> Target | Fault:
    """Return the parts of a URL, or why it can't be one of a webhook."""
    if not url.isascii() or not url.isprintable() or len(url) > LONGEST:
        return Fault.FORM
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return Fault.FORM
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return Fault.FORM
    if parts.username is not None or parts.fragment or " " in url:
        return Fault.FORM
    return Target(
        parts.scheme, parts.hostname, port or (443 if parts.scheme == "https" else 80)
    )


def find_fault(
    target: Target, addresses: Sequence[str], *, allowed: Iterable[Network] = ()
) -> Fault | None:
    """Return why nothing may be sent to a target whose name leads to these addresses.

    Every one of them must be public or in an allowed network, because which one is
    taken is chance. Plain HTTP is for allowed networks alone.
    """
    found = [_address(text) for text in addresses]
    if not found:
        return Fault.UNKNOWN_HOST
    networks = tuple(allowed)
    inside = [any(_is_in(each, network) for network in networks) for each in found]
    if not all(
        is_inside or is_public(each)
        for each, is_inside in zip(found, inside, strict=True)
    ):
        return Fault.INNER
    return None if target.scheme == "https" or all(inside) else Fault.NOT_HTTPS


def is_public(address: Address) -> bool:
    """Tell whether an address is one that the whole internet reaches."""
    return address.is_global and not address.is_multicast and not address.is_reserved


def _address(text: str) -> Address:
    address = ipaddress.ip_address(text.partition("%")[0])
    if not isinstance(address, ipaddress.IPv6Address):
        return address
    # An IPv4 address in IPv6 clothes leads where the IPv4 address does.
    if address in _TRANSLATED:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _is_in(address: Address, network: Network) -> bool:
    return address.version == network.version and address in network
