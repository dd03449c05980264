"""Who calls: a unit's machine, by its service key in the Authorization header."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from xinheng.apps.accounts import queries
from xinheng.apps.accounts.actors import Actor


class ServiceKey(HttpBearer):
    """`Authorization: Bearer KEY`; a service key hands in and sees, never decides."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """Return the unit's machine, null where the key does not hold."""
        return queries.find_service_actor(token=token, at=timezone.now())


class MachineRequest(HttpRequest):
    """A request that has passed `ServiceKey`."""

    auth: Actor
