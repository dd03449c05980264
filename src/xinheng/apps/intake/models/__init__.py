"""The intake's tables: submissions, what waits for a person, what machines hand in."""

from xinheng.apps.intake.models.machines import SourceState, Upload
from xinheng.apps.intake.models.mappings import ColumnMapping
from xinheng.apps.intake.models.queues import (
    HeldRow,
    MendedMark,
    Question,
    RejectedKey,
)
from xinheng.apps.intake.models.reversals import Reversal
from xinheng.apps.intake.models.submissions import NilReturn, Submission

__all__ = [
    "ColumnMapping",
    "HeldRow",
    "MendedMark",
    "NilReturn",
    "Question",
    "RejectedKey",
    "Reversal",
    "SourceState",
    "Submission",
    "Upload",
]
