"""Workbooks and archives, decoded in a process with little to spend and lose.

What decodes them is large and reads what strangers wrote: a few kilobytes can ask for
half a terabyte. So that is done by a child (see `child`) which may use so much memory
and time and no more, whose death is one sentence, and which leaves nothing behind, for
its result is a file without a name. Why: decision 19.
"""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import xinheng
from xinheng.pipeline import refusals
from xinheng.pipeline.failures import UnreadableFileError
from xinheng.pipeline.reading import carrying, child
from xinheng.pipeline.reading.carrying import Carried, CutShortError
from xinheng.pipeline.reading.decoding import Job

_CHILD = "xinheng.pipeline.reading.child"
_ROOT = str(Path(xinheng.__file__).parents[1])


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost: of memory its addresses, of seconds the processor's.

    `seconds` are those of the clock, after which the child is killed. `file_bytes` is
    the largest file that is tried at all, `result_bytes` what it may become.
    """

    memory_bytes: int = 4 * 1024**3
    cpu_seconds: int = 300
    seconds: int = 600
    file_bytes: int = 512 * 1024**2
    result_bytes: int = 4 * 1024**3


LIMITS = Limits()


def decoded(path: Path, job: Job, *, limits: Limits | None = None) -> Carried:
    """Return what is in a workbook or an archive (see `decoding`).

    Raises:
        UnreadableFileError: it can't be taken, or not within the limits.
        OSError: there is no room for the result.
    """
    allowed = limits or LIMITS
    if path.stat().st_size > allowed.file_bytes:
        raise refusals.too_large(f"{allowed.file_bytes // 1024**2} MB")
    with tempfile.TemporaryFile() as result:
        _run(path, job, result, allowed)
        try:
            carried = carrying.opened(result)
        except CutShortError:
            raise refusals.undecoded() from None
    if refusal := carried.contents.get("refusal"):
        raise UnreadableFileError(*refusal)
    return carried


def _run(path: Path, job: Job, result: IO[bytes], limits: Limits) -> None:
    with path.open("rb") as source:
        run(source, job.name, result, limits)


def run(source: IO[bytes], job: str, result: IO[bytes], limits: Limits) -> None:
    """Let the child do a job of `decoding.Job`, or `child.SCAN`, and fill the file.

    Raises:
        UnreadableFileError: it was not done within the limits.
        OSError: there is no room for the result.
    """
    process = subprocess.Popen(  # noqa: S603 - our own module
        _command(job, limits),
        stdin=source,
        stdout=result,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={"PYTHONPATH": _ROOT, "POLARS_MAX_THREADS": "2"},
        start_new_session=True,  # a key that stops the parent lets it tidy up
    )
    try:
        code = process.wait(limits.seconds)
    except subprocess.TimeoutExpired:
        raise refusals.undecoded() from None
    finally:
        process.kill()
        process.wait()
    if code == child.DISK_FULL:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if code != 0:
        raise refusals.undecoded()


def _command(job: str, limits: Limits) -> list[str]:
    bounds = (limits.memory_bytes, limits.cpu_seconds, limits.result_bytes)
    options = ["-s", "-P", "-B", "-X", "utf8"]
    return [sys.executable, *options, "-m", _CHILD, *map(str, bounds), job]
