"""The situation report of a bulletin: figures, names, rates, overlap, doubts, table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType

from xinheng.apps.duties.views import UnitCounts
from xinheng.apps.measures.counting import OpenRecalls
from xinheng.apps.statistics.facts import Facts, Redress
from xinheng.core.campaigns.campaigns import State as CampaignState
from xinheng.core.duties import rates
from xinheng.core.duties.rates import Rate
from xinheng.core.statistics.document import Block, Cell, Chart, Table
from xinheng.core.statistics.doubts import Note
from xinheng.core.statistics.monthly import MonthlyTable, State, UnitRow
from xinheng.core.statistics.overlap import Overlap
from xinheng.rulebook import bulletin as rulebook
from xinheng.rulebook import plausibility

TOTAL_ROW = "合计"
TOTAL_COLUMN = "数据总量"
STATE_TITLES = MappingProxyType(
    {State.REPORTED: "已报送", State.NIL: "零报告", State.SILENT: "未报送"}
)
CAMPAIGN_STATES = MappingProxyType(
    {CampaignState.OPEN: "进行中", CampaignState.CLOSED: "已结束"}
)
NONE = "无"
CASES = MappingProxyType(
    {
        "joint_restriction_case": "同一事由下执行了不利措施的单位数",
        "joint_incentive_case": "同一事由下执行了有利措施的单位数",
        "national_list_feedback": "就国家名单的同一事由作出反馈的单位数",
    }
)


def situation(facts: Facts) -> Iterator[Block]:
    """Say how many units reported how much, with two charts."""
    table = facts.table
    reported = table.in_state(State.REPORTED)
    yield Block(
        text=f"本月 {len(table.units)} 个信源单位中有 {len(reported)} 个报送了信息，"
        f"共入库 {table.grand_total:,} 条。"
    )
    states = tuple(
        (title, f"{len(table.in_state(state)):,}")
        for state, title in STATE_TITLES.items()
    )
    yield Block(
        figures=(
            ("信源单位", f"{len(table.units):,}"),
            *states,
            (TOTAL_COLUMN, f"{table.grand_total:,}"),
        )
    )
    yield Block(
        note="数据总量＝各单位各栏目数之和；已报送＝有记录，或交来了文件；零报告＝只提交了零报告；"
        "未报送＝两者皆无。三者相加为信源单位数。"
    )
    by_unit = {row.unit.name: row.total for row in table.units}
    titles = (column.title for column in table.columns)
    by_column = dict(zip(titles, table.totals, strict=True))
    yield from _chart("columns", "各栏目数量（条）", by_column)
    yield from _chart("units", "各单位报送数量（条）", by_unit)


def _chart(key: str, title: str, counts: Mapping[str, int]) -> Iterator[Block]:
    """Yield the bars, longest first; nothing without any."""
    bars = sorted(
        ((label, count) for label, count in counts.items() if count),
        key=lambda bar: -bar[1],
    )
    if bars:
        yield Block(chart=Chart(key, title, tuple(bars)))


def names(facts: Facts) -> Iterator[Block]:
    """Name units by the rule that stands before the names."""
    named, rule = facts.named, rulebook.rules().leading
    timely = _percent(Fraction(rule.timely_at_least))
    compliance = _percent(Fraction(rule.compliance_at_least))
    yield Block(
        note="点名规则：未报送＝既未交来文件也未提交零报告；零报告＝提交了零报告且没有交来文件；"
        "报送而无入库＝交来了文件而没有一条入库；迟报＝有记录在期限之后才首次入库；"
        f"领先＝有记录，且及时率不低于 {timely}、合规率不低于 {compliance}，"
        f"按数量取前 {rule.at_most} 个，末位数量相同的一并列入或一并不列。"
        "名单由系统按此规则得出，不由人工填写。"
    )
    yield _named("未报送", named.silent)
    yield _named("零报告", named.nil)
    yield _named("报送而无入库", named.fruitless)
    yield _named("迟报", [f"{unit}（{late:,} 条）" for unit, late in named.late])
    yield _named("领先", [f"{unit}（{count:,} 条）" for unit, count in named.leading])


def _named(title: str, found: Iterable[str]) -> Block:
    listed = list(found)
    text = f"{'、'.join(listed) or NONE}。"
    return Block(title=f"{title}（{len(listed)} 个）", text=text)


def rates_of_units(facts: Facts) -> Iterator[Block]:
    """Show three rates of each unit that owes something, with what they are made of."""
    if not facts.rates:
        return
    heads = ("部门名称", "及时率", "合规率", "上报率", "迟报", "漏报", "有误")
    rows = tuple(_rate_row(each) for each in facts.rates)
    caption = "按单位名称排列，不按高低；括号内为分子和分母。没有报送义务的单位不列。"
    yield Block(table=Table("rates", caption, heads, rows))
    for formula in (rates.TIMELY_ZH, rates.COMPLIANCE_ZH, rates.REPORTING_ZH):
        yield Block(note=f"{formula}。")


def _rate_row(each: UnitCounts) -> tuple[Cell, ...]:
    counts = each.counts
    return (
        Cell(each.unit_name),
        *(
            Cell(_rate(rate))
            for rate in (counts.timely, counts.compliance, counts.reporting)
        ),
        *(
            Cell(f"{count:,}", count)
            for count in (counts.late, counts.omitted, counts.rejected)
        ),
    )


def _rate(rate: Rate) -> str:
    if rate.value is None:
        return "—"
    return f"{_percent(rate.value)}（{rate.numerator:,}/{rate.denominator:,}）"


def _percent(share: Fraction) -> str:
    """Return a share in percent with one place, never rounded up to the whole."""
    tenths = share.numerator * 1000 // share.denominator
    return f"{tenths // 10}.{tenths % 10}%"


def overlaps(facts: Facts) -> Iterator[Block]:
    """Say how many organizations stand behind columns that count the same ones."""
    if not facts.overlaps:
        return
    titles = {column.name: column.title for column in facts.table.columns}
    units = {row.unit.code: row.unit.name for row in facts.table.units}
    heads = ("部门名称", "栏目", "各栏目机构数", "不重复的机构")
    rows = tuple(
        row for each in facts.overlaps for row in _overlap_rows(each, units, titles)
    )
    yield Block(
        text="以下单位的几个栏目计的是同一些机构。栏目之数照列，机构只计一次："
        + "；".join(_shared(each, units, titles) for each in facts.overlaps)
        + "。"
    )
    yield Block(table=Table("overlap", "栏目是对案例的不同看法。", heads, rows))
    yield Block(
        note="不重复的机构＝本单位本月记录和措施案例所涉及、已在名录中关联的机构，各计一次；"
        "没有关联机构的记录不在其内。"
    )


def _overlap_rows(
    each: Overlap, units: Mapping[str, str], titles: Mapping[str, str]
) -> Iterator[tuple[Cell, ...]]:
    for column, count in each.by_column:
        yield (
            Cell(units[each.unit]),
            Cell(titles[column]),
            Cell(f"{count:,}", count),
            Cell(f"{each.distinct:,}", each.distinct),
        )


def _shared(each: Overlap, units: Mapping[str, str], titles: Mapping[str, str]) -> str:
    top = each.shared[0]
    columns = "".join(f"“{titles[column]}”" for column in top.columns)
    return (
        f"{units[each.unit]}共 {each.distinct:,} 个不重复的机构，"
        f"其中 {top.organizations:,} 个同时列在 {len(top.columns)} 个栏目（{columns}）"
    )


def doubts(facts: Facts) -> Iterator[Block]:
    """Ask about figures that are possible and not likely."""
    period = facts.table.period
    for note in facts.notes:
        doubt = plausibility.doubts()[note.code]
        message = doubt.message_zh.format(period=period, **_details(note))
        columns = "".join(f"“{column}”" for column in note.columns)
        more = f"（{columns}）" if columns else ""
        yield Block(title=note.unit, text=f"{message}{more}{doubt.advice_zh}")


def _details(note: Note) -> dict[str, int | None]:
    if note.columns:
        return {"columns": len(note.columns), "count": note.count}
    return {"count": note.count, "usual": note.usual}


def measures(facts: Facts) -> Iterator[Block]:
    """Count joint measures, and name who has not acknowledged a recall."""
    titles = {column.name: column.title for column in facts.table.columns}
    totals = dict(
        zip(
            (column.name for column in facts.table.columns),
            facts.table.totals,
            strict=True,
        )
    )
    rows = tuple(
        (Cell(titles[name]), Cell(f"{totals[name]:,}", totals[name]), Cell(formula))
        for name, formula in CASES.items()
        if name in titles
    )
    heads = ("栏目", "本月数", "如何计数")
    yield Block(table=Table("measures", "联合奖惩案例", heads, rows))
    yield _named(
        "措施已解除、尚未签收恢复的单位", map(_open_recall, facts.open_recalls)
    )


def _open_recall(each: OpenRecalls) -> str:
    late = f"，其中逾期 {each.late} 项" if each.late else ""
    return f"{each.name}（{each.open} 项{late}）"


def redress(facts: Facts) -> Iterator[Block]:
    """Count the objections and repairs applied for in the month, with denominators."""
    heads = ("程序", "收到", "已决定", "超期", "结果", "平均天数", "中位天数")
    rows = tuple(_redress_row(each) for each in facts.redress)
    caption = "本月收到的申请，截至账本规模时的进展。"
    yield Block(table=Table("redress", caption, heads, rows))
    yield Block(
        note="天数＝自申请之日至决定之日的日历天数，只计已决定的；超期＝有一个由机关承担的期限届满"
        "而未办。"
    )


def _redress_row(each: Redress) -> tuple[Cell, ...]:
    found = each.figures
    results = "、".join(f"{title} {count}" for title, count in each.outcomes if count)
    return (
        Cell(each.title),
        *(
            Cell(f"{count:,}", count)
            for count in (found.received, found.decided, found.overdue)
        ),
        Cell(results or NONE),
        Cell(_days(found.mean_days)),
        Cell(_days(found.median_days)),
    )


def campaigns(facts: Facts) -> Iterator[Block]:
    """Say how far each special campaign is, with its denominators."""
    if not facts.campaigns:
        return
    heads = ("专项治理", "牵头单位", "状态", "治理对象", "已办结", "本月提示约谈")
    rows = tuple(
        (
            Cell(each.title),
            Cell(each.lead),
            Cell(CAMPAIGN_STATES[each.state]),
            *(
                Cell(f"{count:,}", count)
                for count in (each.targets, each.settled, each.notices)
            ),
        )
        for each in facts.campaigns
    )
    caption = "截至账本规模时的进展；对象只计数，不点名。"
    yield Block(table=Table("campaigns", caption, heads, rows, labels=2))
    yield Block(
        note="治理对象＝列入且未撤销的单位；已办结＝凭文书编号、由另一人确认办结的；本月提示约谈＝"
        "发生日期在本月的失信提示和警示约谈。"
    )


def _days(number: Fraction | None) -> str:
    if number is None:
        return "—"
    tenths = round(number * 10)
    return f"{tenths // 10}.{tenths % 10}"


def whole_table(facts: Facts) -> Iterator[Block]:
    """Print the unit × category table, its totals computed from its cells."""
    table = facts.table
    heads = (
        "序号",
        "部门名称",
        *(c.title for c in table.columns),
        TOTAL_COLUMN,
        "备注",
    )
    rows = (*(_unit_row(row, table) for row in table.units), _total_row(table))
    caption = "单位：条。空格为零。合计由各单位的数相加得出。"
    yield Block(
        table=Table("table", caption, heads, rows, labels=2, upright=True, sums=1)
    )


def _unit_row(row: UnitRow, table: MonthlyTable) -> tuple[Cell, ...]:
    cells = (
        Cell(f"{count:,}", count, drill=f"{row.unit.code}/{column.name}")
        if count
        else Cell("")
        for column, count in zip(table.columns, row.cells, strict=True)
    )
    return (
        Cell(str(row.unit.position), row.unit.position),
        Cell(row.unit.name),
        *cells,
        Cell(f"{row.total:,}", row.total),
        Cell(STATE_TITLES[row.state]),
    )


def _total_row(table: MonthlyTable) -> tuple[Cell, ...]:
    totals = (Cell(f"{total:,}", total) for total in table.totals)
    grand = Cell(f"{table.grand_total:,}", table.grand_total)
    return (Cell(""), Cell(TOTAL_ROW), *totals, grand, Cell(""))
