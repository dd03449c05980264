"""What breaks a submission off without the file being at fault: the machine failed.

A worker tries again and gives up after some attempts; whoever waits for the answer is
told at once. Either way nothing of the rows is stored, and one sentence says why.
"""

from __future__ import annotations

import errno
from typing import NoReturn

import polars as pl
from django.db import DatabaseError

from xinheng.pipeline.failures import UnreadableFileError

MACHINE = (OSError, DatabaseError, pl.exceptions.ComputeError)

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
# Polars passes the operating system's number on in its message only.
_FULL_IN_WORDS = tuple(f"(os error {number})" for number in sorted(_FULL))
_FULL_DATABASE = frozenset({"53100", "SQLITE_FULL"})

GAVE_UP = UnreadableFileError(
    "GAVE_UP",
    "处理该文件时系统多次中断，文件未入库，请联系信用办。",
    "Processing this file broke off several times; nothing of it was stored."
    " Ask the credit office.",
)


class DiskFullError(UnreadableFileError):
    """There is no room left on a disk of the server; nothing was stored."""

    def __init__(self) -> None:
        super().__init__(
            "DISK_FULL",
            "服务器磁盘已满，文件未入库；请联系信用办清理磁盘后重新报送。",
            "The server's disk is full; nothing of this file was stored. Ask the credit"
            " office to make room, then hand it in again.",
        )


def is_disk_full(broken: Exception) -> bool:
    """Tell whether a full disk is what broke an act off, whoever noticed it."""
    if isinstance(broken, OSError):
        return broken.errno in _FULL
    if isinstance(broken, DatabaseError):
        cause = broken.__cause__
        names = {
            getattr(cause, name, None) for name in ("sqlstate", "sqlite_errorname")
        }
        return bool(names & _FULL_DATABASE)
    return str(broken).endswith(_FULL_IN_WORDS)


def reason(broken: Exception) -> UnreadableFileError:
    """Return the sentence for a submission that is given up."""
    return DiskFullError() if is_disk_full(broken) else GAVE_UP


def raise_as_machine_error(broken: Exception) -> NoReturn:
    """Raise what callers wait out: a full disk is an OSError, whoever noticed it."""
    if isinstance(broken, pl.exceptions.ComputeError) and is_disk_full(broken):
        raise OSError(errno.ENOSPC, "No space left on device") from broken
    raise broken
