"""The web server and the worker, and both at once for the demo."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

import click
import structlog
from django.conf import settings
from django.core.checks import ERROR, run_checks
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.utils import timezone

from xinheng.apps.accounts import operations as accounts
from xinheng.apps.custody import erasure, tracing
from xinheng.apps.evidence import operations as evidence
from xinheng.apps.intake import operations as intake
from xinheng.apps.intake import register_news
from xinheng.apps.intake.views import SubmissionView
from xinheng.cli import (
    expiring,
    failures,
    listening,
    neighboring,
    pushing,
    senders,
    sources,
)
from xinheng.cli.issuing import OpenData
from xinheng.cli.reminding import Daily

logger = structlog.get_logger("xinheng.worker")
IDLE_SECONDS = 0.5
reminders = Daily()
escalations = pushing.Hourly()
open_data = OpenData()
sweeps = expiring.Daily()
WORKER = f"{socket.gethostname()[:60]}-{os.getpid()}"


def serve(*, host: str, port: int) -> None:
    """Serve until interrupted; leaves with exit code 2 where a setting is missing."""
    for problem in run_checks(databases=["default"]):
        if problem.level >= ERROR:
            failures.fail(
                str(problem.id),
                f"设置有误：{problem.msg}",
                str(problem.hint or ""),
                as_json=False,
            )
    intake.sweep()
    erasure.resume(at=timezone.now())
    call_command("collectstatic", verbosity=0, interactive=False)
    # uvicorn raises the signal that stopped it once more when it is done; ours turns
    # that into an orderly return, so that whatever runs beside it is stopped too.
    signal.signal(signal.SIGTERM, _leave)
    with suppress(_Leave, KeyboardInterrupt):
        listening.run(host=host, port=port)


class _Leave(Exception):  # noqa: N818  (a request, not an error)
    """Somebody asked this process to stop."""


def work(*, once: bool) -> None:
    """Process received files until asked to stop, or until none waits with `once`."""
    signal.signal(signal.SIGTERM, _leave)
    intake.sweep()
    erasure.resume(at=timezone.now())
    evidence.sweep(at=timezone.now())
    accounts.clear_expired_sessions()
    register_news.subscribe(at=timezone.now())
    machines, upward = (
        sources.Machines(),
        senders.Senders(neighboring.Followers().work_off),
    )
    logger.info("worker.started")
    pusher = pushing.Pusher(WORKER)
    if once:
        upward.work_off()
    else:
        pusher.start()
        upward.start()
    try:
        while _work_off(machines) or not once:
            time.sleep(IDLE_SECONDS)
    except (_Leave, KeyboardInterrupt):
        pusher.stop()
        upward.stop()
        logger.info("worker.stopped")


def _work_off(machines: sources.Machines) -> bool:
    """Process what waits; return whether a failure of the machine broke it off.

    A database that is away or a full disk is waited out. The attempts at one file are
    counted, so a file that fails each time is given up in the end.
    """
    try:
        while done := _process_next():
            logger.info("submission.ended", submission=done.id, state=done.state)
        machines.work_off()
        if landed := register_news.work_off(worker=WORKER, at=timezone.now()):
            logger.info("rows.released", rows=landed)
        reminders.work_off(at=timezone.now())
        if late := escalations.work_off(at=timezone.now()):
            logger.info("measures.escalated", tasks=late)
        open_data.work_off(at=timezone.now())
        if ended := sweeps.work_off(at=timezone.now()):
            logger.info("listings.expired", listings=ended)
    except (DatabaseError, OSError) as failure:
        logger.warning("submission.broke_off", failure=type(failure).__name__)
        connection.close()
        return True
    return False


def _process_next() -> SubmissionView | None:
    with tracing.span("submission") as span:
        done = intake.process_next(at=timezone.now())
        span.set_attribute("submission.state", done.state if done else "none")
    return done


def _leave(number: int, frame: FrameType | None) -> None:
    raise _Leave


@contextmanager
def beside() -> Iterator[None]:
    """Run a worker in a process of its own as long as the block runs."""
    command = [sys.executable, "-m", "xinheng", "worker", "--dir"]
    worker = subprocess.Popen([*command, str(settings.DATA_DIR)])  # noqa: S603
    try:
        yield
    finally:
        worker.terminate()
        worker.wait(timeout=30)
        click.echo("worker stopped", err=True)
