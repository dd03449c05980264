"""Where the bytes of one file come from: a file, or a member of an archive."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol


class Source(Protocol):
    """Bytes that can be read from the beginning as often as needed.

    Its name is its path in the archive where it is a member of one.
    """

    @property
    def name(self) -> str:
        """What the unit calls the file."""
        ...

    def open(self) -> AbstractContextManager[IO[bytes]]:
        """Open the bytes; they can be read in order."""
        ...

    def whole(self) -> Path | bytes:
        """Return what a reader can take that needs the file as a whole."""
        ...


@dataclass(frozen=True, slots=True)
class FileSource:
    """A file; `name` is that under which it was handed in."""

    path: Path
    name: str

    def open(self) -> AbstractContextManager[IO[bytes]]:
        """Open the file."""
        return self.path.open("rb")

    def whole(self) -> Path | bytes:
        """Return the path."""
        return self.path


@dataclass(frozen=True, slots=True)
class HeldSource:
    """A file that is held in memory."""

    content: bytes
    name: str

    def open(self) -> AbstractContextManager[IO[bytes]]:
        """Open the bytes."""
        return io.BytesIO(self.content)

    def whole(self) -> Path | bytes:
        """Return the bytes."""
        return self.content


@dataclass(frozen=True, slots=True)
class MemberSource:
    """A member of an archive, which is unpacked as it is read and never to a file."""

    archive: Path
    member: str
    name: str

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Open the member; it is read in order."""
        with zipfile.ZipFile(self.archive) as archive, archive.open(self.member) as it:
            yield it

    def whole(self) -> bytes:
        """Return the bytes."""
        with self.open() as it:
            return it.read()
