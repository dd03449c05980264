"""The files of the repository, as the tests that watch over it read them."""

from __future__ import annotations

import subprocess
import tomllib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@cache
def files() -> dict[str, bytes]:
    """Return every file that is committed or would be, by its path from the root."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    paths = [name for name in listed.stdout.decode().split("\0") if name]
    assert "README.md" in paths
    return {
        name: (ROOT / name).read_bytes() for name in paths if (ROOT / name).is_file()
    }


@cache
def pyproject() -> dict:
    return tomllib.loads(files()["pyproject.toml"].decode())


def contracts() -> dict[str, dict]:
    """Return the contracts of import-linter by their id."""
    listed = pyproject()["tool"]["importlinter"]["contracts"]
    return {each["id"]: each for each in listed}
