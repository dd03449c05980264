"""Reading proposals: what would change, what a replay came to, who decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from xinheng.apps.exchange.models import Proposal
from xinheng.core.exchange.learning import Change

MOST = 20


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A proposal as it is shown; people are opaque ids.

    `replayed` has counts `before` and `after`, `sent` those of the replay for real;
    both are empty before. `is_stale` says that something was learned since.
    """

    id: int
    target: str
    state: str
    reason: str
    changes: tuple[Change, ...]
    proposed_at: datetime
    proposed_by: str
    replayed_at: datetime | None
    replayed: Mapping[str, Mapping[str, int]]
    asked_at: datetime | None
    sent: Mapping[str, object]
    decided_at: datetime | None
    is_stale: bool

    @property
    def is_open(self) -> bool:
        """Tell whether it waits for a decision."""
        return self.state == Proposal.State.OPEN

    @property
    def is_waiting(self) -> bool:
        """Tell whether the replay for real has still to come."""
        return self.asked_at is not None and not self.sent


class UnknownProposalError(LookupError):
    """There is no such proposal."""


def get(proposal: int) -> ProposalView:
    """Return a proposal.

    Raises:
        UnknownProposalError: there is none.
    """
    row = Proposal.objects.select_related("target").filter(pk=proposal).first()
    if row is None:
        raise UnknownProposalError
    return _view(row)


def list_of(target: str) -> tuple[ProposalView, ...]:
    """Return the proposals for a target, the latest first."""
    rows = Proposal.objects.select_related("target").filter(target=target)
    return tuple(_view(row) for row in rows.order_by("-id")[:MOST])


def _view(row: Proposal) -> ProposalView:
    is_open = row.state == Proposal.State.OPEN
    return ProposalView(
        id=row.pk,
        target=row.target_id,
        state=row.state,
        reason=row.reason,
        changes=tuple(Change(line[0], line[1], line[2], "") for line in row.lines),
        proposed_at=row.proposed_at,
        proposed_by=row.proposed_by,
        replayed_at=row.replayed_at,
        replayed=row.replayed,
        asked_at=row.asked_at,
        sent=row.sent,
        decided_at=row.decided_at,
        is_stale=is_open and row.based_on != row.target.version,
    )
