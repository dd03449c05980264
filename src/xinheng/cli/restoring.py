"""A restore as the command line tells it: why it was refused, in one line."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

from django.utils import timezone

from xinheng.apps.custody import restore as custody
from xinheng.apps.custody.backup import NotEmptyError
from xinheng.apps.custody.erasure_copy import DamagedCopyError
from xinheng.apps.custody.manifest import DamagedBackupError
from xinheng.apps.ledger.keys import SigningKeyError
from xinheng.cli import failures


def restore(backup: Path, *, as_json: bool) -> custody.Restored:
    """Restore, or leave: 1 where the backup is not taken, 2 where a key is missing."""

    def refuse(code: str, message_zh: str, message_en: str) -> NoReturn:
        failures.refuse(code, message_zh, message_en, as_json=as_json)

    try:
        return custody.restore(directory=backup, at=timezone.now())
    except NotEmptyError:
        refuse(
            "NOT_EMPTY",
            "这里已有登记库，未恢复任何内容。请在 --dir 指定空目录，或另建空数据库。",
            "There is a register here already; nothing was restored. Name an empty"
            " --dir or an empty database.",
        )
    except DamagedBackupError as damaged:
        refuse(
            "BACKUP_DAMAGED",
            f"备份中的“{damaged.place}”缺失或被改动，未恢复任何内容，请换一份备份。",
            f"{damaged.place} of the backup is missing or was changed; nothing was"
            " restored. Take another backup.",
        )
    except custody.OtherReleaseError as other:
        refuse(
            "OTHER_RELEASE",
            f"备份由 {other.release} 版制作，数据表不同，请用该版恢复后再升级。",
            f"The backup was made by release {other.release}, which has other tables:"
            " restore with that release, then upgrade.",
        )
    except custody.UnverifiedBackupError as unverified:
        refuse(
            "LEDGER_WRONG",
            f"备份中的账本未通过校验（{unverified}），未恢复任何内容。",
            f"The backup's ledger does not verify ({unverified}); nothing came back.",
        )
    except DamagedCopyError as damaged:
        refuse(
            "ERASURES_DAMAGED",
            f"删除登记副本 erasures.jsonl 第 {damaged.line} 行无法识别，"
            "未恢复任何内容，请换用完好的副本。",
            f"Line {damaged.line} of erasures.jsonl can't be read; nothing came back."
            " Put a whole copy in its place.",
        )
    except SigningKeyError as error:
        failures.fail(
            "SIGNING_KEY", error.message_zh, error.message_en, as_json=as_json
        )
