"""What the demo tells at its end: its table, the printed one beside it, its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from xinheng.apps.intake.views import SubmissionView
from xinheng.cli import columns, verdict
from xinheng.cli.demo.facts import Facts
from xinheng.core.statistics.monthly import MonthlyTable, State
from xinheng.core.submissions.findings import Severity
from xinheng.rulebook import catalog

UNLINKED_RULE = "UNKNOWN_ORGANIZATION"
GROUPS = (
    (Severity.ERROR, "退回 rejected"),
    (Severity.QUESTION, "疑问 kept aside"),
    (Severity.NOTICE, "提示，不影响入库 notices"),
)


def table(month: MonthlyTable) -> Iterator[str]:
    """Return the table's lines: units and columns with records, then the totals."""
    shown = [index for index, total in enumerate(month.totals) if total]
    rows = [["单位", *(str(index + 1) for index in shown), "数据总量"]]
    rows += [
        [row.unit.name, *(_cell(row.cells[i]) for i in shown), f"{row.total:,}"]
        for row in month.units
        if row.total
    ]
    totals = [f"{month.totals[index]:,}" for index in shown]
    rows.append(["合计", *totals, f"{month.grand_total:,}"])
    yield f"示例市 {month.period} 报送情况（示例数据，机构均为虚构）"
    yield from columns.lines(rows)
    legend = (f"{index + 1} {month.columns[index].title}" for index in shown)
    yield "列：" + "；".join(legend)
    nil, silent = month.in_state(State.NIL), month.in_state(State.SILENT)
    yield (
        f"没有数据的单位 {len(month.zero_units)} 个：零报告 {len(nil)} 个，"
        f"未报送 {len(silent)} 个。"
    )


def printed(facts: Facts) -> Iterator[str]:
    """Return the crossfoot of the table as it was printed, names as printed."""
    reached = verdict.reach(facts.as_printed(), named=facts.named_as_poor())
    yield "同月印制的表（单位名称照录）的核对结果："
    yield from verdict.as_text(reached)


def rows(submissions: Sequence[SubmissionView]) -> Iterator[str]:
    """Return how many rows were read, taken and not taken, and for which rules."""
    counts = [each.verdict for each in submissions if each.counts]
    read = sum(each.rows_read for each in counts)
    accepted = sum(each.accepted for each in counts)
    rejected = sum(each.rejected for each in counts)
    questionable = sum(each.questionable for each in counts)
    unlinked = sum(each.unlinked for each in counts)
    yield (
        f"{len(counts)} 个文件，读取 {read:,} 行 = 入库 {accepted:,}"
        f" + 退回 {rejected:,} + 疑问 {questionable:,} + 未关联 {unlinked:,}"
    )
    findings: Counter[str] = Counter()
    for each in submissions:
        findings.update(each.findings)
    yield f"  未关联 unlinked：{UNLINKED_RULE} {findings.pop(UNLINKED_RULE, 0)}"
    rules = catalog.rules()
    for severity, title in GROUPS:
        found = [
            f"{rule} {count}"
            for rule, count in findings.most_common()
            if rules[rule].severity is severity
        ]
        yield f"  {title}：{'，'.join(found) or '无'}"


def _cell(count: int) -> str:
    """Return a count as a wide table shows it, where most are zero."""
    return f"{count:,}" if count else "-"
