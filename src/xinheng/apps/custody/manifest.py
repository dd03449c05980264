"""The manifest: what a backup holds, file by file, and the ledger that it stands on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

FORMAT = "xinheng-backup/1"
NAME = "manifest.json"


class DamagedBackupError(RuntimeError):
    """The backup is not whole; `place` is the file that is wrong or missing."""

    def __init__(self, place: str) -> None:
        super().__init__(f"the backup is damaged: {place}")
        self.place = place


@dataclass(frozen=True, slots=True)
class Part:
    """A file of the backup under its path, with the rows it holds (0 for no table)."""

    path: str
    sha256: str
    size_bytes: int
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds.

    `tables` maps a table to its columns, `migrations` are those that had been applied,
    `checkpoint` is the signed end of the ledger at the moment of the backup.
    """

    made_at: str
    release: str
    ledger_size: int
    checkpoint: str
    migrations: tuple[str, ...]
    tables: Mapping[str, tuple[str, ...]]
    parts: tuple[Part, ...]

    def write(self, directory: Path) -> str:
        """Write the manifest and return its SHA-256 (hex)."""
        content = {"format": FORMAT, **asdict(self)}
        text = json.dumps(content, ensure_ascii=False, indent=1).encode()
        (directory / NAME).write_bytes(text)
        return hashlib.sha256(text).hexdigest()

    def rows(self, table: str) -> int:
        """Return how many rows of a table the backup holds."""
        prefix = f"tables/{table}/"
        return sum(part.rows for part in self.parts if part.path.startswith(prefix))


def read(directory: Path) -> Manifest:
    """Read the manifest of a backup.

    Raises:
        DamagedBackupError: there is none, or it is not of this form.
    """
    try:
        content = json.loads((directory / NAME).read_bytes())
        if content.pop("format") != FORMAT:
            raise ValueError("format")
        content["migrations"] = tuple(content["migrations"])
        content["tables"] = {
            name: tuple(columns) for name, columns in content["tables"].items()
        }
        content["parts"] = tuple(Part(**part) for part in content["parts"])
        return Manifest(**content)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise DamagedBackupError(NAME) from None


def check(directory: Path, manifest: Manifest) -> None:
    """Read every file of the backup and compare it with the manifest.

    Raises:
        DamagedBackupError: at the first file that is missing or another one.
    """
    for part in manifest.parts:
        path = directory / part.path
        if not is_inside(directory, path):
            raise DamagedBackupError(part.path)
        try:
            is_whole = part_of(directory, path, rows=part.rows) == part
        except OSError:
            is_whole = False
        if not is_whole:
            raise DamagedBackupError(part.path)


def is_inside(directory: Path, path: Path) -> bool:
    """Tell whether a path stays within the directory."""
    return path.resolve().is_relative_to(directory.resolve())


def part_of(directory: Path, path: Path, *, rows: int = 0) -> Part:
    """Return the manifest's line for a file that is there."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    name = path.relative_to(directory).as_posix()
    return Part(name, digest, path.stat().st_size, rows)
