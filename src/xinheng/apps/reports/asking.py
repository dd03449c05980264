"""Reports for those who are let in: an organization's agent, a public body."""

from __future__ import annotations

from datetime import datetime

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.reports import facts, operations
from xinheng.apps.reports.operations import Issued, Order
from xinheng.core.reports.kinds import Kind
from xinheng.core.two_times import AsOf


def issue_own(
    *, uscc: str, actor: Actor, site: str, at: datetime, then: AsOf | None = None
) -> Issued:
    """Issue an organization's own report to its agent, of a past where one is asked.

    Raises:
        NotAllowedError: the actor does not act for it.
        What `operations.issue` raises.
    """
    # Then the code may have been another organization's.
    if facts.find(uscc, then).key not in actor.organizations:
        raise NotAllowedError("take an organization's own report")
    order = Order(uscc, Kind.OWN, actor.account_id, then=then)
    return operations.issue(order=order, site=site, at=at)


def may_ask(actor: Actor) -> bool:
    """Tell whether the actor may ask for reports in a matter of its body."""
    return bool(actor.units) or actor.sees_all_units


def issue_in_matter(
    *,
    uscc: str,
    purpose: str,
    actor: Actor,
    site: str,
    at: datetime,
    then: AsOf | None = None,
) -> Issued:
    """Issue a report for an administrative matter to an official.

    Raises:
        NotAllowedError: somebody of no unit who does not see them all.
        What `operations.issue` raises.
    """
    if not may_ask(actor):
        raise NotAllowedError("take a report in a matter")
    unit = min(actor.units, default=None)
    kind = Kind.ADMINISTRATIVE
    order = Order(uscc, kind, actor.account_id, purpose, unit, then=then)
    return operations.issue(order=order, site=site, at=at)
