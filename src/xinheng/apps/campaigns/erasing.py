"""Let go what people wrote about a target that is over; days and numbers stay."""

from __future__ import annotations

from xinheng.apps.campaigns.models import Target
from xinheng.core.campaigns.campaigns import State

GONE = "内容已删除 erased"


def exists(target: int) -> bool:
    """Tell whether a target is over and has content still."""
    rows = Target.objects.filter(id=target).exclude(state=State.OPEN)
    return rows.exclude(matter=GONE).exists()


def file_of(target: int) -> str:
    """Return the digest of a target's file, empty for none."""
    found = Target.objects.filter(id=target).values_list("digest", flat=True).first()
    return found or ""


def names_file(digest: str, *, but: int = 0) -> bool:
    """Tell whether a target other than that one names a file."""
    return Target.objects.filter(digest=digest).exclude(id=but).exists()


def erase(*, target: int) -> int:
    """Empty what was written about a target and its acts; return how many went."""
    row = Target.objects.filter(id=target).exclude(matter=GONE).first()
    if row is None:
        return 0
    row.matter = row.basis_no = GONE
    row.evidence_no, row.reason = row.evidence_no and GONE, ""
    row.save(update_fields=["matter", "basis_no", "evidence_no", "reason"])
    row.acts.update(note="")
    return 1
