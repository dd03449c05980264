"""What was learned of a target: kept beside the rulebook, shown, taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction

from xinheng.apps.accounts.actors import Actor
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.exchange.models import ProfileChange, TargetState
from xinheng.apps.exchange.targets import Target
from xinheng.apps.ledger import operations as ledger
from xinheng.core.exchange import learning
from xinheng.core.exchange.learning import Learned
from xinheng.core.exchange.outcomes import Outcome
from xinheng.core.exchange.profiles import Profile
from xinheng.rulebook import exchange_profiles

FORGOTTEN = "exchange.profile_reset"


def profile_of(target: Target, state: TargetState) -> Profile:
    """Return a target's profile: the rulebook's, what was adopted, what was learned."""
    return learning.applied(adopted_of(target.base, state), read(state.learned))


def adopted_of(base: Profile, state: TargetState) -> Profile:
    """Return the rulebook's profile with what two persons adopted for the target."""
    return learning.applied(base, read(state.adopted))


def keep(state: TargetState, outcome: Outcome, *, at: datetime) -> None:
    """Keep what a run learned; the caller's transaction holds the target."""
    base = adopted_of(exchange_profiles.profiles()[state.profile], state)
    for change in outcome.changes:
        state.version += 1
        ProfileChange.objects.create(
            target=state,
            version=state.version,
            key=change.key,
            before=change.before,
            after=change.after,
            package=change.why,
            learned_at=at,
        )
    state.learned = asdict(learning.learned(base, outcome.profile))
    state.fine = "".join(sorted(outcome.fine))
    state.save(update_fields=["version", "learned", "fine"])


@transaction.atomic
def forget(*, actor: Actor, target: str, at: datetime) -> int:
    """Go back to what is adopted; return how many changes that takes back.

    Raises:
        NotAllowedError: the actor does not decide for the credit office.
    """
    if not (actor.may_decide or actor.may_administer):
        raise NotAllowedError("take back what was learned of a target")
    state = TargetState.objects.select_for_update().get(name=target)
    on_trial = ProfileChange.objects.filter(
        target=state, undone_at=None, adopted_at=None
    )
    taken_back = on_trial.update(undone_at=at, undone_by=actor.account_id)
    state.learned, state.fine, state.version = {}, "", state.version + 1
    state.save(update_fields=["learned", "fine", "version"])
    ledger.append(
        kind=FORGOTTEN,
        subject=f"target:{target}",
        actor=actor.account_id,
        body={"changes": taken_back, "version": state.version},
        at=at,
    )
    return taken_back


def read(kept: Mapping[str, Any]) -> Learned:
    """Return what was kept as JSON."""
    if not kept:
        return Learned()
    orders = tuple((name, tuple(titles)) for name, titles in kept["orders"])
    return Learned(**{**kept, "forbidden": tuple(kept["forbidden"]), "orders": orders})
