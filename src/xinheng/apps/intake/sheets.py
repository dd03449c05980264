"""The parts of a submission as they are stored: which file and sheet rows came from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xinheng.pipeline import parts
from xinheng.pipeline.parts import Part, Reason, Skipped


def parts_of(stored: Sequence[Any]) -> tuple[Part, ...]:
    """Return the parts of `Submission.parts`."""
    return tuple(Part(**each) for each in stored)


def skipped_of(stored: Sequence[Any]) -> tuple[Skipped, ...]:
    """Return the sheets of `Submission.skipped`."""
    return tuple(
        Skipped(each["file"], each["sheet"], Reason(each["why"])) for each in stored
    )


def place(stored: Sequence[Part], row: int) -> tuple[str, str, int | None]:
    """Return file, sheet and line of a row; nothing where its part is not known."""
    try:
        return parts.locate(stored, row)
    except LookupError:
        return "", "", None
