"""Packages that a person carries to a platform, and the feedback that comes back."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.utils import timezone

from xinheng.apps.exchange import feedback, packing
from xinheng.cli import exchanging, failures
from xinheng.core.exchange.feedback import UnreadableFeedbackError


def package(name: str, out: Path, *, is_carried: bool, as_json: bool) -> dict[str, Any]:
    """Write what would be sent to a target as files, with a manifest.

    Packages that are carried are noted as sent, each once its file is written.
    """
    (target,) = exchanging.chosen(name, as_json=as_json)
    exchanging.feed(target)
    made = packing.pack(target)
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for each in made.packages:
        (out / each.file_name).write_bytes(each.data)
        if is_carried:
            packing.note_carried(
                target, each, actor=exchanging.OPERATOR, at=timezone.now()
            )
        written.append(
            {
                "file": each.file_name,
                "package": each.id,
                "dataset": each.dataset,
                "rows": each.rows,
                "bytes": len(each.data),
                "sha256": each.sha256,
            }
        )
    answer = {
        "target": target.name,
        "profile": target.profile,
        "version": made.version,
        "carried": is_carried,
        "packages": written,
        "refused": [asdict(each) for each in made.refused],
    }
    (out / "manifest.json").write_text(failures.as_text(answer), encoding="utf-8")
    return answer


def take_feedback(name: str, file: Path, *, as_json: bool) -> dict[str, Any]:
    """Settle what a file of feedback says of a target's rows."""
    (target,) = exchanging.chosen(name, as_json=as_json)
    try:
        taken = feedback.take(
            target,
            file.read_bytes(),
            source=file.name,
            actor=exchanging.OPERATOR,
            at=timezone.now(),
        )
    except UnreadableFeedbackError as wrong:
        failures.fail(
            f"FEEDBACK_{wrong.code}",
            f"“{file.name}”不是可识别的反馈文件（{wrong.code}），未改动任何数据。",
            f"{file.name} is no feedback that can be read ({wrong.code});"
            " nothing was changed.",
            as_json=as_json,
        )
    return asdict(taken)
