"""What a notice of commendation or of criticism says, after a closed assessment.

Both say who was assessed by what for which months, the points out of how many that
could be counted, the rank among how many, and by which bound the notice follows. In
Chinese: they are letters of a Chinese office.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from xinheng.core.assessments.schemes import Scheme
from xinheng.core.assessments.scoring import Total, Verdict
from xinheng.rulebook.listing_documents import Document

TITLES = {
    Verdict.COMMENDED: "信用工作考核表扬通报",
    Verdict.CRITICIZED: "信用工作考核批评通报",
}
OFFICE = "信用工作牵头部门"


@dataclass(frozen=True, slots=True)
class Result:
    """A unit's result: its total, and its rank among so many ranked ones."""

    unit: str
    first_month: str
    last_month: str
    verdict: Verdict
    total: Total
    rank: int
    ranked: int


def compose(scheme: Scheme, result: Result, *, on: date) -> Document:
    """Return the notice that follows from a result, dated `on`.

    Raises:
        KeyError: neither commendation nor criticism follows.
    """
    total = result.total
    share = f"{(total.share or Decimal(0)) * 100:.1f}%"
    counted = (
        f"可计分值 {total.countable:f} 分，得 {total.points:f} 分，"
        f"另加 {total.bonus:f} 分，得分率 {share}，"
        f"在 {result.ranked} 个参评单位中列第 {result.rank} 位。"
    )
    return Document(
        title=TITLES[result.verdict],
        number="",
        addressee=result.unit,
        blocks=(
            (
                "考核依据",
                f"《{scheme.title}》（{scheme.edition} 版），"
                f"{result.first_month} 至 {result.last_month}。",
            ),
            ("考核结果", counted),
            ("通报决定", _decision(scheme, result.verdict)),
            ("说明", "考核结果已告知各单位，申诉期已满，申诉均已答复。"),
        ),
        authority=OFFICE,
        dated=f"{on.year}年{on.month}月{on.day}日",
    )


def _decision(scheme: Scheme, verdict: Verdict) -> str:
    if verdict is Verdict.COMMENDED:
        return f"得分率达到 {scheme.commend_from * 100:.0f}%，按考核办法予以通报表扬。"
    bound = f"{scheme.criticize_below * 100:.0f}%"
    return f"得分率低于 {bound}，按考核办法予以通报批评，请查明原因并改进。"
