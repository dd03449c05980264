"""Sending to other platforms on the command line and in the worker."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from xinheng.apps.exchange import (
    feeding,
    operations,
    packing,
    queries,
    rehearsing,
    sending,
    targets,
)
from xinheng.apps.exchange.carriers import opening
from xinheng.apps.exchange.carriers.carrier import CarrierError
from xinheng.apps.exchange.sending import BusyError, Clock, Ran
from xinheng.apps.exchange.targets import Target
from xinheng.cli import failures
from xinheng.core.exchange.profiles import Profile
from xinheng.core.exchange.upper_rules import Trouble
from xinheng.rulebook import exchange_profiles

logger = structlog.get_logger("xinheng.worker")
OPERATOR, WORKER = "operator", "worker"
EVERY_SECONDS = 5.0
STOP_SECONDS = 30.0


def clock() -> Clock:
    """Return the clock of this process."""
    return Clock(timezone.now, time.sleep)


def send(name: str | None, *, as_json: bool) -> list[dict[str, Any]]:
    """Send what is owed to one target, or to all."""
    return [_sent(target, as_json=as_json) for target in chosen(name, as_json=as_json)]


def _sent(target: Target, *, as_json: bool) -> dict[str, Any]:
    try:
        return asdict(_run(target, OPERATOR))
    except CarrierError as wrong:
        _refuse_carrier(target, wrong, as_json=as_json)
    except BusyError:
        failures.refuse(
            "BUSY",
            f"“{target.name}”正由另一进程报送。",
            f"Another process is sending to {target.name}.",
            as_json=as_json,
        )


def _run(target: Target, worker: str) -> Ran:
    at = timezone.now()
    feeding.feed(target, on=timezone.localdate(at), at=at)
    with opening.opened(target) as carrier:
        return sending.run(target, carrier, clock=clock(), worker=worker)


def package(name: str, out: Path, *, as_json: bool) -> dict[str, Any]:
    """Write what would be sent to a target as files, with a manifest."""
    (target,) = chosen(name, as_json=as_json)
    at = timezone.now()
    feeding.feed(target, on=timezone.localdate(at), at=at)
    made = packing.pack(target)
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for each in made.packages:
        (out / each.file_name).write_bytes(each.data)
        written.append(
            {
                "file": each.file_name,
                "dataset": each.dataset,
                "rows": len(each.rows),
                "bytes": len(each.data),
                "sha256": hashlib.sha256(each.data).hexdigest(),
            }
        )
    answer = {
        "target": target.name,
        "profile": target.profile,
        "version": made.version,
        "packages": written,
        "refused": [
            {"name": name, "code": code, "column": column}
            for name, code, column in made.refused
        ],
    }
    (out / "manifest.json").write_text(failures.as_text(answer), encoding="utf-8")
    return answer


def rehearse(
    name: str, *, seed: int, rows: int, troubles: Sequence[str], as_json: bool
) -> dict[str, Any]:
    """Send the latest records to a simulated platform; nothing leaves."""
    found = rehearsing.rehearse(
        profile(name, as_json=as_json),
        seed=seed,
        rows=rows,
        on=timezone.localdate(),
        troubles=[Trouble(each) for each in troubles] or None,
    )
    return {
        "profile": name,
        "seed": seed,
        "rows": found.rows,
        "accepted": found.accepted,
        "refused": len(found.refusals),
        "open": found.open,
        "packages": found.packages,
        "sends": dict(found.sends),
        "troubles": list(found.troubles),
        "refusals": [asdict(each) for each in found.refusals],
        "changes": [list(each.lines()) for each in found.changes],
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


def _refuse_carrier(target: Target, wrong: CarrierError, *, as_json: bool) -> NoReturn:
    failures.refuse(
        wrong.code,
        f"无法连接“{target.name}”（{wrong.code}），未发送任何数据。",
        f"{target.name} can't be used ({wrong.code}); nothing was sent.",
        as_json=as_json,
    )


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


class Senders:
    """What the worker does for targets, in a thread: a slow one holds up no file."""

    def __init__(self, follow: Callable[..., None]) -> None:
        self._follow = follow
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._go_on, daemon=True)
        with configured(as_json=False):
            self._targets = {target.name: target for target in targets.load()}

    def start(self) -> None:
        """Begin, where a file of targets is named."""
        if settings.TARGETS:
            self._thread.start()

    def stop(self) -> None:
        """End after the package that is under way; what is open is taken up again."""
        self._stopped.set()
        if settings.TARGETS:
            self._thread.join(timeout=STOP_SECONDS)

    def _go_on(self) -> None:
        while not self._stopped.wait(EVERY_SECONDS):
            try:
                self.work_off()
            except (DatabaseError, OSError) as failure:
                logger.warning("exchange.broke_off", failure=type(failure).__name__)
                connection.close()
        connection.close()

    def work_off(self) -> None:
        """Follow the neighbors, feed every target, and run those that are due."""
        at = timezone.now()
        self._follow(at=at)
        if not self._targets:
            return
        sending.ensure(self._targets.values())
        for target in self._targets.values():
            feeding.feed(target, on=timezone.localdate(at), at=at)
        for name in queries.list_due(names=self._targets, at=at):
            self._send(self._targets[name])

    def _send(self, target: Target) -> None:
        try:
            ran = _run(target, WORKER)
        except (CarrierError, BusyError) as wrong:
            code = getattr(wrong, "code", "BUSY")
            sending.note_failure(target.name, code=code, at=timezone.now())
            logger.warning("exchange.failed", target=target.name, code=code)
            return
        if ran.packages:
            logger.info(
                "exchange.sent",
                target=target.name,
                accepted=ran.accepted,
                refused=ran.refused,
                waiting=ran.waiting,
                stopped=ran.stopped,
            )
