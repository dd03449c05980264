"""Files that were handed in and not checked before a backup: their bytes are gone.

A backup never holds bytes that were not screened, so after a restore such a submission
can only be handed in again, and says so.
"""

from __future__ import annotations

from datetime import datetime

from xinheng.apps.intake.models import Submission
from xinheng.pipeline.failures import UnreadableFileError

RESTORED = UnreadableFileError(
    "RESTORED",
    "系统由备份恢复，该文件当时尚未处理，未入库，请重新报送。",
    "The register was restored from a backup made before this file was processed;"
    " nothing of it was stored. Hand it in again.",
)


def abandon_waiting(*, at: datetime) -> int:
    """End every submission that waits for bytes which are not there; return how many.

    For a register that was just restored, before any worker starts.
    """
    return Submission.objects.filter(finished_at__isnull=True).update(
        state=Submission.State.FAILED,
        error_code=RESTORED.code,
        error_zh=RESTORED.message_zh,
        error_en=RESTORED.message_en,
        finished_at=at,
    )
