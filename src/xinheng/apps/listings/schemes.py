"""Which lists of the rulebook this city uses: activated, and ended."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.ledger import operations as ledger
from xinheng.apps.listings.models import SchemeUse
from xinheng.core.listings.gaps import Gap, gaps
from xinheng.core.listings.schemes import Scheme
from xinheng.rulebook import list_schemes


class SchemeRefusedError(ValueError):
    """The list can't be used; `gaps` name the rules that stop it."""

    def __init__(self, found: tuple[Gap, ...]) -> None:
        super().__init__(", ".join(found))
        self.gaps = found


class AlreadyInUseError(ValueError):
    """The list is in use already."""


@transaction.atomic
def activate(*, scheme: str, actor: Actor, at: datetime) -> None:
    """Begin to use a list of the rulebook, from today on.

    Raises:
        AlreadyInUseError: it is in use.
        NotAllowedError: not the credit office.
        SchemeRefusedError: a rule stops it.
        UnknownSchemeError: the rulebook has none of this name.
    """
    if not (actor.may_decide or actor.may_administer):
        raise NotAllowedError("use a list")
    found, on = list_schemes.scheme(scheme), timezone.localdate(at)
    if stopped := gaps_of(found, on):
        raise SchemeRefusedError(stopped)
    if is_in_use(scheme, on=on):
        raise AlreadyInUseError(scheme)
    SchemeUse.objects.create(
        scheme=scheme,
        edition=found.edition,
        effective_on=on,
        activated_by=actor.account_id,
        recorded_at=at,
    )
    body = {"edition": found.edition, "kind": found.kind.value}
    ledger.append(
        kind="list.activated",
        subject=f"list:{scheme}",
        actor=actor.account_id,
        body=body,
        at=at,
    )


def gaps_of(scheme: Scheme, on: date) -> tuple[Gap, ...]:
    """Return what keeps a list from being used here on a day."""
    return gaps(scheme, on, is_demo=settings.DEMO)


def is_in_use(scheme: str, *, on: date) -> bool:
    """Return whether the city uses a list on a day, and still may."""
    used = SchemeUse.objects.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gt=on), scheme=scheme
    )
    return used.exists() and not gaps_of(list_schemes.scheme(scheme), on)


def list_in_use(*, on: date) -> tuple[Scheme, ...]:
    """Return the lists that the city uses on a day, in the rulebook's order."""
    return tuple(each for each in list_schemes.schemes() if is_in_use(each.name, on=on))
