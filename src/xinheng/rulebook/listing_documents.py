"""What a notice, a decision and a removal must say: mandatory blocks, none left out.

| document | blocks |
|---|---|
| NOTICE | facts, basis, what is intended, rights and until when, where to answer |
| DECISION | facts, basis, answer, term, measures, way out, remedies |
| REMOVAL | what ends and when, why, what follows |

The documents are in Chinese: they are acts of Chinese authorities.

Source: 国办发〔2020〕49号 (domain notes, section 4.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from xinheng.core.listings.schemes import Scheme


class DocumentKind(StrEnum):
    """What is issued to the organization."""

    NOTICE = "NOTICE"
    DECISION = "DECISION"
    REMOVAL = "REMOVAL"


TITLES = {
    DocumentKind.NOTICE: "列入名单事先告知书",
    DocumentKind.DECISION: "列入名单决定书",
    DocumentKind.REMOVAL: "移出名单决定书",
}


class MissingBlockError(ValueError):
    """A mandatory block has no content; `block` is its heading."""

    def __init__(self, block: str) -> None:
        super().__init__(block)
        self.block = block


@dataclass(frozen=True, slots=True)
class Matter:
    """The listing that a document is about; what has not happened is null or empty."""

    scheme: Scheme
    organization: str
    code: str
    authority: str
    basis: str
    facts: str
    answer: str = ""
    decision_no: str = ""
    decided_on: date | None = None
    expires_on: date | None = None
    ended_on: date | None = None
    end_document: str = ""
    end_reason: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A document ready to be set: title, number, addressee, blocks, who and when."""

    title: str
    number: str
    addressee: str
    blocks: tuple[tuple[str, str], ...]
    authority: str
    dated: str


def compose(kind: DocumentKind, matter: Matter, *, on: date) -> Document:
    """Return the document, dated `on` where it has no day of its own.

    Raises:
        MissingBlockError: a mandatory block would be empty.
    """
    blocks = _BLOCKS[kind](matter)
    for heading, text in blocks:
        if not text.strip():
            raise MissingBlockError(heading)
    number = {
        DocumentKind.NOTICE: "",
        DocumentKind.DECISION: matter.decision_no,
        DocumentKind.REMOVAL: matter.end_document,
    }[kind]
    day = {
        DocumentKind.DECISION: matter.decided_on,
        DocumentKind.REMOVAL: matter.ended_on,
    }.get(kind)
    return Document(
        title=TITLES[kind],
        number=number,
        addressee=f"{matter.organization}（统一社会信用代码 {matter.code}）",
        blocks=blocks,
        authority=matter.authority,
        dated=_day(day or on),
    )


def _notice(matter: Matter) -> tuple[tuple[str, str], ...]:
    scheme = matter.scheme
    window, hearing = scheme.window_working_days, scheme.hearing_working_days
    rights = (
        f"你单位有权自本告知书送达之次日起 {window} 个工作日内提出陈述、申辩，"
        f"有权在 {hearing} 个工作日内申请听证。逾期视为放弃。"
        if window and hearing
        else ""
    )
    return (
        ("事实", matter.facts),
        ("依据", matter.basis),
        ("拟作出的决定", f"拟将你单位列入“{scheme.title}”，{_term(scheme)}。"),
        ("你单位的权利", rights),
        ("陈述、申辩和听证申请的提交", f"书面提交{matter.authority}。"),
    )


def _decision(matter: Matter) -> tuple[tuple[str, str], ...]:
    scheme = matter.scheme
    heard = matter.answer or "在规定期限内未收到陈述、申辩和听证申请。"
    begins, ends = _day(matter.decided_on), _day(matter.expires_on)
    term = f"自 {begins}起，至 {ends}（不含）自动移出。"
    known = matter.decided_on and matter.expires_on
    return (
        ("事实", matter.facts),
        ("依据", matter.basis),
        ("陈述、申辩的处理", heard),
        ("决定和期限", f"将你单位列入“{scheme.title}”，{term}" if known else ""),
        ("措施提示", "有关单位将依法、按清单对你单位采取与该名单相关的措施。"),
        ("移出条件", scheme.removal_conditions or ""),
        ("移出程序", scheme.removal_procedure or ""),
        ("救济途径", scheme.remedy or ""),
    )


def _removal(matter: Matter) -> tuple[tuple[str, str], ...]:
    what = f"自 {_day(matter.ended_on)}起，将你单位移出“{matter.scheme.title}”。"
    return (
        ("决定", what if matter.ended_on else ""),
        ("原列入决定", matter.decision_no),
        ("理由", matter.end_reason or ("期满" if matter.ended_on else "")),
        ("效力", "停止公布，与该名单相关的措施同时撤回。"),
    )


_BLOCKS = {
    DocumentKind.NOTICE: _notice,
    DocumentKind.DECISION: _decision,
    DocumentKind.REMOVAL: _removal,
}


def _term(scheme: Scheme) -> str:
    return f"期限最长 {scheme.term_months} 个月" if scheme.term_months else ""


def _day(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""
