"""Wrong passwords: who is locked out, and what is kept about it.

| count within the cool-off time | locked |
|---|---|
| `AXES_FAILURE_LIMIT` for one name from one address | that name from that address |
| that times `NAMES_PER_ADDRESS` from one address | every name from that address |

The owner of a name can still come in from elsewhere. What was typed as a name is kept
as a keyed digest only: people type passwords and identity numbers there. The library's
own settings are in `project/settings.py`.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Mapping

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest

NAMES_PER_ADDRESS = 10


class LockoutHandler(AxesDatabaseHandler):  # type: ignore[misc]  # axes has no types
    """Counts an address's failures over all names as well as those of one name."""

    def get_failures(
        self, request: HttpRequest, credentials: dict[str, str] | None = None
    ) -> int:
        """Return the failures that stand against this name or this address."""
        of_name: int = super().get_failures(request, credentials)
        return max(of_name, _of_address(request) // NAMES_PER_ADDRESS)

    def user_login_failed(
        self,
        sender: object,
        credentials: dict[str, str],
        request: HttpRequest,
        **kwargs: object,
    ) -> None:
        """Count the failure; of the form and the query nothing stays."""
        super().user_login_failed(sender, credentials, request, **kwargs)
        AccessAttempt.objects.filter(
            username=attempted_name(request, credentials)
        ).update(get_data="", post_data="")


def _of_address(request: HttpRequest) -> int:
    address = client_address(request)
    if address is None:
        return 0
    recent = AccessAttempt.objects.filter(
        ip_address=address, attempt_time__gte=get_cool_off_threshold(request)
    )
    return int(recent.aggregate(total=Sum("failures_since_start"))["total"] or 0)


def attempted_name(
    request: HttpRequest, credentials: Mapping[str, str] | None = None
) -> str:
    """Return the digest of the typed name, under which its failures are counted."""
    typed = (credentials or request.POST).get("username") or ""
    key = f"xinheng.accounts.lockout:{settings.SECRET_KEY}".encode()
    return hmac.new(key, typed.encode(), hashlib.sha256).hexdigest()


def client_address(request: HttpRequest) -> str | None:
    """Return the address that failures are counted for, null where none is known.

    Behind a proxy it is the last one of X-Forwarded-For, the only one that the proxy
    itself wrote. Of an IPv6 address only the network counts, because whoever has one
    has 2^64 of them.
    """
    return _parse(_forwarded(request)) or _parse(request.META.get("REMOTE_ADDR", ""))


def _forwarded(request: HttpRequest) -> str:
    if not settings.BEHIND_PROXY:
        return ""
    return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()


def _parse(text: str) -> str | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    network = ipaddress.IPv6Network((int(address), 64), strict=False)
    return str(network.network_address)
