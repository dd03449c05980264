"""What stands on a scan, read by Debian's Tesseract in a confined process.

The reader decodes pictures that strangers made, so the child (see `child`) gives up
what it could harm and then becomes the reader: memory, time and result are limited as
for workbooks. Nothing is written to the disk under a name.

Debian: apt-get install tesseract-ocr tesseract-ocr-chi-sim
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from xinheng.pipeline.failures import UnreadableFileError
from xinheng.pipeline.reading import child, confined
from xinheng.pipeline.reading.confined import Limits

LIMITS = Limits(
    memory_bytes=2 * 1024**3, cpu_seconds=60, seconds=120, result_bytes=8 * 1024**2
)


class NoReaderError(RuntimeError):
    """Nothing that reads scans is installed on this machine."""


def is_installed() -> bool:
    """Return whether the reader is on this machine."""
    return Path(child.SCAN_READER).is_file()


def read(content: bytes, *, limits: Limits = LIMITS) -> str | None:
    """Return what stands on a picture, null where it can't be read within the limits.

    Raises:
        NoReaderError: the reader is not installed.
        OSError: there is no room for the result.
    """
    if not is_installed():
        raise NoReaderError(child.SCAN_READER)
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as result:
        source.write(content)
        source.seek(0)
        try:
            confined.run(source, child.SCAN, result, limits)
        except UnreadableFileError:
            return None
        result.seek(0)
        return result.read().decode("utf-8", "replace")
