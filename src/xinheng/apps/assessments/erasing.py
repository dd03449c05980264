"""Let go what units and office wrote in a round of assessment; the scores stay."""

from __future__ import annotations

from xinheng.apps.assessments.models import Appeal, Entry, Round
from xinheng.core.assessments.rounds import State

GONE = "erased"
# Acts whose entries repeat what somebody wrote; the others hold figures and digests.
ACTS = (
    *("assessment.claimed", "assessment.scored"),
    *("assessment.appealed", "assessment.answered"),
)


def is_over(round_: int) -> bool:
    """Tell whether a round is closed and still holds texts."""
    if not Round.objects.filter(id=round_, state=State.CLOSED).exists():
        return False
    told = Entry.objects.filter(round=round_).exclude(
        evidence__in=["", GONE], remark__in=["", GONE]
    )
    appealed = Appeal.objects.filter(result__round=round_).exclude(text=GONE)
    return told.exists() or appealed.exists()


def erase(*, round_: int) -> int:
    """Empty references, remarks, appeals and their answers; return how many."""
    entries = Entry.objects.filter(round=round_)
    appeals = Appeal.objects.filter(result__round=round_)
    return (
        entries.exclude(evidence__in=["", GONE]).update(evidence=GONE)
        + entries.exclude(remark__in=["", GONE]).update(remark=GONE)
        + appeals.exclude(text=GONE).update(text=GONE)
        + appeals.exclude(answer__in=["", GONE]).update(answer=GONE)
    )
