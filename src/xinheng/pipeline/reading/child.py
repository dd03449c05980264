"""The process that decodes: workbooks and archives in, frames of text out.

It is started for one file, gives up what it could harm, decodes, and ends. To read a
scan it becomes the reader of scans, under the same limits. It has the
file at its standard input, and at its standard output a file without a name (see
`carrying`). It is given neither the file's name nor any secret; what its libraries
print is thrown away, since it may quote a cell. The exit code is 0, or DISK_FULL.

    python -m xinheng.pipeline.reading.child MEMORY CPU_SECONDS RESULT_BYTES JOB
"""

from __future__ import annotations

import errno
import os
import resource
import sys
from pathlib import Path

DISK_FULL = 3
_FULL = frozenset((errno.ENOSPC, errno.EDQUOT))
_INPUT = Path("/dev/fd/0")
_OUTPUT, _ERRORS = 1, 2
SCAN = "SCAN"  # the job of reading what stands on a picture
SCAN_READER = "/usr/bin/tesseract"  # where Debian puts it
_READING = ["tesseract", "stdin", "stdout", "-l", "chi_sim+eng", "--psm", "11"]
_ARCHIVE = "ARCHIVE"  # the job whose file is no workbook itself


def main(arguments: list[str]) -> int:
    """Decode the file as asked; return the exit code."""
    memory_bytes, cpu_seconds, result_bytes, job = arguments
    _confine(int(memory_bytes), int(cpu_seconds), int(result_bytes))
    if job == SCAN:
        os.execve(SCAN_READER, _READING, {"OMP_THREAD_LIMIT": "1"})  # noqa: S606 - the limits go with it
    # Only now, so that whatever is imported stays within the limits, too.
    from xinheng.pipeline.reading import beginning

    begun = None if job == _ARCHIVE else beginning.begin(_INPUT)
    from xinheng.pipeline.reading import decoding

    with os.fdopen(os.dup(_OUTPUT), "wb") as target:
        _silence()
        try:
            decoding.decode(_INPUT, target, decoding.Job[job], begun)
            target.flush()
        except OSError as error:
            if error.errno in _FULL:
                os._exit(DISK_FULL)  # closing the file would fail again
            raise
    return 0


def _confine(memory_bytes: int, cpu_seconds: int, result_bytes: int) -> None:
    """Lower this process's limits, where the system lets it."""
    for kind, limit in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, result_bytes),
        (resource.RLIMIT_CORE, 0),  # a core would hold the file's cells
    ):
        hard = resource.getrlimit(kind)[1]
        lowest = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(kind, (lowest, lowest))


def _silence() -> None:
    with open(os.devnull, "wb") as nothing:
        os.dup2(nothing.fileno(), _OUTPUT)
        os.dup2(nothing.fileno(), _ERRORS)


if __name__ == "__main__":
    # Nothing is left to be done at the end, and to free what was decoded takes time.
    code = main(sys.argv[1:])
    os._exit(code)
