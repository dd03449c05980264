"""The data dictionary as Markdown, written from the catalog.

python -m xinheng.rulebook.dictionary > docs/reference/data-dictionary.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from xinheng.core.catalog.datasets import CodeList, Dataset, LegalBasis
from xinheng.core.catalog.fields import Field
from xinheng.rulebook import catalog
from xinheng.rulebook.wording import (
    DISCLOSURES,
    FREQUENCIES,
    PERSONAL,
    SUBJECTS,
    TYPES,
    VERIFICATIONS,
    requirement,
)

_HEAD = """\
# 数据字典 Data dictionary

Generated from `src/xinheng/rulebook` by `python -m xinheng.rulebook.dictionary`; a test
compares. What the words on sources mean stands in
[rules as data](../explanation/rules-as-data.md). Headers are matched by title, national
code, English name or alias; case, width, blanks, brackets and underscores don't matter.
"""
_FIELD_COLUMNS = (
    "#",
    "栏目 title",
    "English title",
    "代码 code",
    "英文名 name",
    "类型 type",
    "长度",
    "必填",
    "取值 values",
    "别名 aliases",
    "说明 note",
)


def data_dictionary() -> str:
    """Return the dictionary: each item in its newest edition, and the code lists."""
    parts = [_HEAD, "## 目录 Items\n", _overview(catalog.datasets())]
    parts += [_section(dataset) for dataset in catalog.datasets()]
    parts += ["## 代码表 Code lists\n", _lists(catalog.code_lists().values())]
    return "\n".join(parts)


def _overview(datasets: Iterable[Dataset]) -> str:
    titles = {category.name: category.title for category in catalog.categories()}
    heads = ("数据集", "名称", "对象 subject", "公开 disclosure", "频次", "统计栏目")
    return _table(
        heads,
        (
            (
                f"[`{dataset.name}`](#{dataset.name})",
                dataset.title,
                SUBJECTS[dataset.subject],
                DISCLOSURES[dataset.disclosure],
                _frequency(dataset),
                titles.get(dataset.category or "", ""),
            )
            for dataset in datasets
        ),
    )


def _section(dataset: Dataset) -> str:
    facts = [
        f'<a id="{dataset.name}"></a>',
        f"## {dataset.title} `{dataset.name}`\n",
        f"{dataset.title_en}. {dataset.description or ''}\n",
        *_facts(dataset),
        "",
        _table(_FIELD_COLUMNS, _field_rows(dataset)),
    ]
    return "\n".join(facts)


def _facts(dataset: Dataset) -> Iterator[str]:
    yield f"- 版本 edition: {dataset.edition}, {dataset.effective_on} -"
    yield f"- 对象 subject: {SUBJECTS[dataset.subject]}"
    yield f"- 公开 disclosure: {DISCLOSURES[dataset.disclosure]}{_adverse(dataset)}"
    yield f"- 频次 frequency: {_frequency(dataset)}"
    yield f"- 主键 natural key: {_names(dataset.natural_key)}"
    yield f"- 决定日期 legal date: `{dataset.decided_on}`"
    for earlier, later in dataset.date_order:
        yield f"- 日期次序 order of dates: `{earlier}` ≤ `{later}`"
    if not dataset.sole_proprietors:
        yield "- 不收个体工商户 no sole proprietors"
    for basis in dataset.legal_basis:
        yield f"- 依据 legal basis: {_basis(basis)}"
    yield f"- 核实 verification: {VERIFICATIONS[dataset.verification]}"
    if dataset.source:
        yield f"- 来源 source: {dataset.source}"


def _adverse(dataset: Dataset) -> str:
    if not dataset.adverse:
        return ""
    return "; 不利信息，经采纳后方可公开 adverse, not before adoption"


def _basis(basis: LegalBasis) -> str:
    found = f"{basis.title} {basis.article or ''} ({VERIFICATIONS[basis.verification]})"
    return f"{found}; {basis.source}" if basis.source else found


def _frequency(dataset: Dataset) -> str:
    return FREQUENCIES[dataset.frequency].format(days=dataset.report_within)


def _field_rows(dataset: Dataset) -> Iterator[tuple[str, ...]]:
    for number, field in enumerate(dataset.fields, start=1):
        yield (
            str(number),
            field.title,
            field.title_en,
            field.code or "",
            f"`{field.name}`",
            TYPES[field.type],
            "" if field.max_length is None else str(field.max_length),
            PERSONAL[field.personal] if field.personal else requirement(field),
            _allowed(field),
            "、".join(field.aliases),
            field.note or "",
        )


def _allowed(field: Field) -> str:
    if field.code_list is not None:
        several = "（可多选）" if field.multiple else ""
        return f"[{field.code_list}](#list-{field.code_list}){several}"
    if field.minimum is None or field.maximum is None:
        return ""
    return f"{field.minimum} - {field.maximum} {field.unit or ''}".rstrip()


def _lists(code_lists: Iterable[CodeList]) -> str:
    heads = ("代码表", "名称", "取值 values", "别名 aliases", "核实", "来源 source")
    return _table(
        heads,
        (
            (
                f'<a id="list-{code_list.name}"></a>`{code_list.name}`',
                code_list.title,
                "；".join(code_list.values),
                "；".join(f"{alias} = {value}" for alias, value in code_list.aliases),
                VERIFICATIONS[code_list.verification],
                code_list.source or "",
            )
            for code_list in code_lists
        ),
    )


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [_line(heads), _line(("---",) * len(heads)), *map(_line, rows)]
    return "\n".join(lines) + "\n"


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    sys.stdout.write(data_dictionary())
