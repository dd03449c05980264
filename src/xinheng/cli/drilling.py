"""A restore drill: a process of its own brings a backup back where nobody works.

The child gets a copy of the keys and of the erasure register, an embedded database, and
a directory that is wiped whatever comes of it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from xinheng.apps.accounts.actors import OPERATOR
from xinheng.apps.custody import drills, erasure_copy

PREFIX = "drill-"
ELSEWHERE = ("DATABASE_URL", "DATABASE_URL_FILE", "XINHENG_DIR")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a drill came to: the child's answer, and the entry that notes it."""

    has_passed: bool
    answer: Mapping[str, Any]
    ledger_seq: int


def drill(backup: Path) -> Outcome:
    """Bring a backup back into a directory that is thrown away, and note the outcome.

    Raises:
        OSError: the directory can't be made, or the keys can't be copied.
    """
    digest = hashlib.sha256((backup / "manifest.json").read_bytes()).hexdigest()
    with _place() as place:
        has_passed, answer = _restore(backup, place)
    seq = drills.note(
        has_passed=has_passed,
        manifest_sha256=digest,
        reason=str(answer.get("error", {}).get("code", "BROKE_OFF")),
        actor=OPERATOR.account_id,
        at=timezone.now(),
    )
    return Outcome(has_passed, answer, seq)


@contextmanager
def _place() -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix=PREFIX, dir=settings.DATA_DIR))
    try:
        keys = Path(settings.KEYS_DIR)
        if keys.is_dir():
            shutil.copytree(keys, place / "keys")
        if erasure_copy.place().is_file():
            shutil.copy2(erasure_copy.place(), place / erasure_copy.NAME)
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _restore(backup: Path, place: Path) -> tuple[bool, dict[str, Any]]:
    """Return whether the child restored it, and what it answered."""
    kept = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    command = [sys.executable, "-m", "xinheng", "restore", str(backup.resolve())]
    done = subprocess.run(  # noqa: S603  (our own program, no shell)
        [*command, "--dir", str(place), "--json"],
        env={**kept, "XINHENG_LEDGER_ORIGIN": settings.LEDGER_ORIGIN},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = done.stdout.strip().splitlines()
    answer: dict[str, Any] = json.loads(lines[-1]) if lines else {}
    return done.returncode == 0, answer
