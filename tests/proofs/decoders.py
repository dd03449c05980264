"""The confined process, kept for many files: the proofs feed it a hundred thousand.

It has the limits of the real one (`reading.confined`) and runs the same decoder; only
that it is started anew for every file is left out. Where it dies of a file, of the
half terabyte that the file asked for or of a panic, the answer is the sentence that the
real one's death gives, and a new process takes the next file. What the decoder raises
is no answer: it is handed back and breaks the proof.

    python -m tests.proofs.decoders MEMORY CPU_SECONDS RESULT_BYTES
"""

from __future__ import annotations

import os
import resource
import select
import shutil
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path
from typing import IO, Self

from xinheng.pipeline import refusals
from xinheng.pipeline.reading import child
from xinheng.pipeline.reading.confined import Limits
from xinheng.pipeline.reading.decoding import Job

MOST_FILES = 500  # decoded by one process
SECONDS = 120  # a file may take, on a machine that does other things, too
MEMORY_BYTES = 1024**3  # above what the process has when it starts

_DONE, _SPENT = "done", "spent"


class DecoderError(RuntimeError):
    """The decoder raised something over a file."""


class Decoders:
    """Decodes as `confined._run` does; `deaths` counts the processes that died."""

    def __init__(self) -> None:
        self.deaths = 0
        self._files = 0
        self._process: subprocess.Popen[str] | None = None
        self._place = tempfile.TemporaryDirectory()
        self._result = Path(self._place.name) / "result"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._stop()
        self._place.cleanup()

    def run(self, path: Path, job: Job, result: IO[bytes], limits: Limits) -> None:
        """Let a process fill the file.

        Raises:
            UnreadableFileError: the process died over it.
            DecoderError: the decoder raised something.
        """
        process = self._process_for(limits)
        assert process.stdin is not None
        process.stdin.write(f"{job.name} {path} {self._result}\n")
        process.stdin.flush()
        answer = self._answer(process)
        if answer == _DONE:
            with self._result.open("rb") as source:
                shutil.copyfileobj(source, result)
            result.flush()
            return
        self._stop()
        if answer and answer != _SPENT:
            raise DecoderError(answer)
        self.deaths += 1
        raise refusals.undecoded()

    def _answer(self, process: subprocess.Popen[str]) -> str:
        """Return the answer; empty where the process died, or ran too long."""
        assert process.stdout is not None
        ready, _, _ = select.select([process.stdout], [], [], SECONDS)
        return process.stdout.readline().strip() if ready else ""

    def _process_for(self, limits: Limits) -> subprocess.Popen[str]:
        if self._files >= MOST_FILES:
            self._stop()
        self._files += 1
        if self._process is None:
            bounds = (MEMORY_BYTES, limits.cpu_seconds, limits.result_bytes)
            self._process = subprocess.Popen(
                [sys.executable, "-m", __spec__.name, *map(str, bounds)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                env={**os.environ, "POLARS_MAX_THREADS": "2"},
            )
        return self._process

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
        self._process, self._files = None, 0


def main(arguments: list[str]) -> None:
    """Decode what is asked for, line by line."""
    from xinheng.pipeline.reading import decoding

    memory_bytes, cpu_seconds, result_bytes = map(int, arguments)
    child._confine(_in_use() + memory_bytes, cpu_seconds, result_bytes)
    answers = os.fdopen(os.dup(1), "w")
    child._silence()
    for line in sys.stdin:
        job, path, result = line.rstrip("\n").split(" ", 2)
        try:
            with open(result, "wb") as target:
                decoding.decode(Path(path), target, Job[job])
        except BaseException as error:
            print(_told(error), file=answers, flush=True)
            raise
        print(_DONE, file=answers, flush=True)


def _in_use() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()


def _told(error: BaseException) -> str:
    """Return where it was raised, without its message: that may hold a cell."""
    # A panic of the Rust reader is no Exception.
    if isinstance(error, MemoryError) or type(error).__name__ == "PanicException":
        return _SPENT
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {Path(frame.filename).name}:{frame.lineno}"


if __name__ == "__main__":
    main(sys.argv[1:])
