"""Sending to other platforms on the command line, and one run for the worker."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Any, NoReturn

from django.utils import timezone

from xinheng.apps.exchange import (
    feedback,
    feeding,
    operations,
    packing,
    proposals,
    queries,
    rehearsing,
    replaying,
    sending,
    targets,
)
from xinheng.apps.exchange.batches import Batch
from xinheng.apps.exchange.carriers import opening
from xinheng.apps.exchange.carriers.carrier import Carrier, CarrierError
from xinheng.apps.exchange.replaying import NotToldError
from xinheng.apps.exchange.sending import BusyError, Clock, Ran
from xinheng.apps.exchange.targets import Target
from xinheng.cli import failures
from xinheng.core.exchange.profiles import Profile
from xinheng.core.exchange.upper_rules import Trouble
from xinheng.rulebook import exchange_profiles

OPERATOR, WORKER = "operator", "worker"
_TOLD = ("accepted", "refused", "waiting", "packages", "changes", "stopped")


def clock() -> Clock:
    """Return the clock of this process."""
    return Clock(timezone.now, time.sleep)


def send(name: str | None, *, as_json: bool) -> list[dict[str, Any]]:
    """Send what is owed to one target, or to all."""
    return [_sent(target, as_json=as_json) for target in chosen(name, as_json=as_json)]


def _sent(target: Target, *, as_json: bool) -> dict[str, Any]:
    try:
        return asdict(run(target, OPERATOR))
    except CarrierError as wrong:
        _refuse_carrier(target, wrong, as_json=as_json)
    except BusyError:
        _refuse_busy(target, as_json=as_json)


def run(target: Target, worker: str) -> Ran:
    """Take what waits at a target, then send what is owed to it.

    Raises:
        BusyError: another process does.
        CarrierError: the way to the target can't be used at all.
    """
    feed(target)
    with opening.opened(target) as carrier:
        feedback.collect(target, carrier, actor=worker, at=timezone.now())
        _replay_asked(target, carrier)
        return sending.run(target, carrier, clock=clock(), worker=worker)


def _replay_asked(target: Target, carrier: Carrier) -> None:
    """Send the last batches under a proposed profile, where a person asked for it."""
    asked = proposals.find_asked(target.name)
    if asked is None:
        return
    number, wanted, most = asked
    try:
        done = replaying.replay(
            target,
            carrier,
            most=most,
            clock=clock(),
            on=timezone.localdate(),
            worker=WORKER,
            profile=wanted,
        )
    except NotToldError:
        proposals.note_sent(number, {"stopped": "UNANSWERED"})
        return
    counts = {"batches": done.batches, "rows": done.rows, "held": done.held}
    ran = {name: getattr(done.ran, name) for name in _TOLD}
    proposals.note_sent(number, counts | {"gone": done.gone} | ran)


def feed(target: Target) -> None:
    """Enter what is owed to a target by now."""
    at = timezone.now()
    feeding.feed(target, on=timezone.localdate(at), at=at)


def replay(name: str, *, batches: int, as_json: bool) -> list[dict[str, Any]]:
    """Send what a target does not hold of its last batches."""
    (target,) = chosen(name, as_json=as_json)
    try:
        with opening.opened(target) as carrier:
            done = replaying.replay(
                target,
                carrier,
                most=batches,
                clock=clock(),
                on=timezone.localdate(),
                worker=OPERATOR,
            )
    except CarrierError as wrong:
        _refuse_carrier(target, wrong, as_json=as_json)
    except BusyError:
        _refuse_busy(target, as_json=as_json)
    except NotToldError:
        failures.refuse(
            "UNANSWERED",
            f"“{target.name}”没有答复已收到哪些数据，未发送任何数据。",
            f"{target.name} does not say what it holds; nothing was sent.",
            as_json=as_json,
        )
    counts = {"batches": done.batches, "rows": done.rows, "held": done.held}
    return [asdict(done.ran) | counts | {"gone": done.gone}]


def rehearse(
    name: str,
    *,
    seed: int,
    rows: int,
    batches: int,
    troubles: Sequence[str],
    as_json: bool,
) -> dict[str, Any]:
    """Send recent batches to a simulated platform; nothing leaves.

    Those of a target, and what is due to it; what landed last, for a profile.
    """
    drawn = [Trouble(each) for each in troubles] or None
    wanted, today = profile(name, as_json=as_json), timezone.localdate()
    if name in exchange_profiles.profiles():
        found = rehearsing.rehearse(
            wanted, seed=seed, rows=rows, on=today, troubles=drawn
        )
    else:
        feed(targets.get(name))
        found = rehearsing.rehearse_batches(
            wanted,
            rehearsing.new_platform(wanted, seed=seed, troubles=drawn),
            target=name,
            batches=batches,
            on=today,
        )
    return {
        "profile": name,
        "seed": seed,
        "rows": found.rows,
        "accepted": found.accepted,
        "refused": len(found.refusals),
        "open": found.open,
        "gone": found.gone,
        "packages": found.packages,
        "sends": dict(found.sends),
        "troubles": list(found.troubles),
        "batches": [_batch(each) for each in found.batches],
        "refusals": [asdict(each) for each in found.refusals],
        "changes": [list(each.lines()) for each in found.changes],
    }


def _batch(batch: Batch) -> dict[str, Any]:
    """Return a batch and what was said to it when it was sent."""
    return {
        "package": batch.package,
        "dataset": batch.dataset,
        "sent_at": batch.sent_at.isoformat(),
        "answer": batch.kind,
        "code": batch.code,
        "rows": len(batch.rows),
        "gone": batch.gone,
    }


def reconcile(name: str | None, *, ask: bool, as_json: bool) -> list[dict[str, Any]]:
    """Tell where each target stands, and what it holds if it is asked."""
    names = {target.name for target in chosen(name, as_json=as_json)}
    told = []
    for health in queries.list_health(at=timezone.now()):
        if health.name in names:
            compared = _compared(health.name, as_json=as_json) if ask else None
            told.append(_standing(health, compared))
    return told


def _compared(name: str, *, as_json: bool) -> Mapping[str, Any]:
    target = targets.get(name)
    try:
        with opening.opened(target) as carrier:
            return asdict(operations.compare(target=name, carrier=carrier))
    except CarrierError as wrong:
        _refuse_carrier(target, wrong, as_json=as_json)


def _standing(
    health: queries.Health, compared: Mapping[str, Any] | None
) -> dict[str, Any]:
    return {
        "target": health.name,
        "profile": health.profile,
        "version": health.version,
        "due": health.balance.due,
        "accepted": health.balance.accepted,
        "refused": health.balance.refused,
        "open": health.balance.open,
        "waiting": health.waiting,
        "withdrawn": health.balance.withdrawn,
        "ages_days": dict(zip(("1", "7", "30", "older"), health.ages, strict=True)),
        "oldest_due_at": _moment(health.oldest_due_at),
        "last_run_at": _moment(health.last_run_at),
        "last_error": health.last_error,
        "compared": compared,
    }


def chosen(name: str | None, *, as_json: bool) -> tuple[Target, ...]:
    """Return the target of a name, or all; leave with 2 where that fails."""
    with configured(as_json=as_json):
        found = targets.load() if name is None else (targets.get(name),)
    sending.ensure(found)
    return found


def profile(name: str, *, as_json: bool) -> Profile:
    """Return a profile of the rulebook, or that of a target with what it learned."""
    known = exchange_profiles.profiles()
    if name in known:
        return known[name]
    (target,) = chosen(name, as_json=as_json)
    return packing.profile_of(target)


@contextmanager
def configured(*, as_json: bool) -> Iterator[None]:
    """Tell in one line what is wrong with the file of targets."""
    try:
        yield
    except targets.TargetsError as wrong:
        failures.fail(
            "TARGETS",
            f"交换对象配置文件有误：{wrong.reason}。",
            f"The file of targets is wrong: {wrong.reason}.",
            as_json=as_json,
        )
    except targets.UnknownTargetError as unknown:
        failures.fail(
            "UNKNOWN_TARGET",
            f"没有名为“{unknown.name}”的交换对象或配置。",
            f"There is no target or profile {unknown.name!r}.",
            as_json=as_json,
        )


def _refuse_busy(target: Target, *, as_json: bool) -> NoReturn:
    failures.refuse(
        "BUSY",
        f"“{target.name}”正由另一进程报送。",
        f"Another process is sending to {target.name}.",
        as_json=as_json,
    )


def _refuse_carrier(target: Target, wrong: CarrierError, *, as_json: bool) -> NoReturn:
    failures.refuse(
        wrong.code,
        f"无法连接“{target.name}”（{wrong.code}），未发送任何数据。",
        f"{target.name} can't be used ({wrong.code}); nothing was sent.",
        as_json=as_json,
    )


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
