"""A proposal of measures for the rulebook, from the rows of a file.

A proposal is text in the form of `measures.toml`, for somebody to read, verify and put
there; it takes effect with the next release, once a lawyer has adopted that. Nothing in
it is taken for known: every text is `unverified`, a basis of unknown rank is left out,
and a measure against somebody without a direct basis never fires (`find_bar`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from xinheng.core.catalog.datasets import BasisLevel
from xinheng.core.measures.measures import DIRECT_LEVELS, Mode, Severity
from xinheng.rulebook import measures

LEVELS = {
    "法律": BasisLevel.LAW,
    "行政法规": BasisLevel.ADMINISTRATIVE_REGULATION,
    "地方性法规": BasisLevel.LOCAL_REGULATION,
    "党中央、国务院政策文件": BasisLevel.CENTRAL_POLICY,
    "部门规章": BasisLevel.DEPARTMENT_RULE,
    "规范性文件": BasisLevel.NORMATIVE_DOCUMENT,
    **{each.value: each for each in BasisLevel},
}
MODES = {
    "应当实施": Mode.MANDATORY,
    "参考": Mode.REFERENCE,
    "自主决定": Mode.VOLUNTARY,
    **{each.value: each for each in Mode},
}
SEVERITIES = {
    "轻微": Severity.MINOR,
    "一般": Severity.ORDINARY,
    "严重": Severity.SERIOUS,
    **{each.value: each for each in Severity},
}


class Rule(StrEnum):
    """Why a row can't be proposed; stable codes."""

    CODE = "MEASURE_CODE_TAKEN"  # the rulebook has a measure of this code
    MATTER = "UNKNOWN_MATTER"
    MODE = "MEASURE_MODE"
    SEVERITY = "MEASURE_SEVERITY"


def find_fault(row: Mapping[str, str]) -> tuple[str, Rule] | None:
    """Return field and rule that stop a row, null where it can be proposed."""
    known = measures.rules()
    checks = (
        ("code", Rule.CODE, row["code"] in known.measures),
        ("matter", Rule.MATTER, row["matter"] not in known.matters),
        ("mode", Rule.MODE, row["mode"] not in MODES),
        ("severity", Rule.SEVERITY, row["severity"] not in SEVERITIES),
    )
    return next(((name, rule) for name, rule, fails in checks if fails), None)


def may_fire(row: Mapping[str, str]) -> bool:
    """Tell whether the row names a text of sufficient rank, verified or not yet."""
    return bool(row["basis"]) and LEVELS.get(row["level"]) in DIRECT_LEVELS


def write(rows: Iterable[Mapping[str, str]], *, source: str) -> str:
    """Return the proposal of rows without fault; `source` names the file."""
    return "\n".join(_table(row, source) for row in rows)


def _table(row: Mapping[str, str], source: str) -> str:
    lines = [
        "[[measures]]",
        *_pairs(row, ("code", "title")),
        _pair("title_en", row["title_en"] or row["title"]),
        'polarity = "adverse"',
        *_pairs(row, ("matter", "implementer")),
        f"units = {json.dumps(_units(row['units']), ensure_ascii=False)}",
        _pair("mode", MODES[row["mode"]]),
        _pair("severity_bound", SEVERITIES[row["severity"]]),
        _pair("nexus", row["nexus"]),
        *_pairs(row, ("item",) if row["item"] else ()),
        'verification = "unverified"',
        _pair("source", source),
    ]
    if row["basis"] and row["level"] in LEVELS:
        lines += ["", "[[measures.basis]]", *_basis(row, source)]
    return "\n".join(lines) + "\n"


def _basis(row: Mapping[str, str], source: str) -> list[str]:
    article = ("article",) if row["article"] else ()
    return [
        _pair("title", row["basis"]),
        _pair("level", LEVELS[row["level"]]),
        *_pairs(row, article),
        'verification = "unverified"',
        _pair("source", source),
    ]


def _units(text: str) -> list[str]:
    return text.replace("、", " ").replace(",", " ").replace("，", " ").split()


def _pairs(row: Mapping[str, str], names: Sequence[str]) -> list[str]:
    return [_pair(name, row[name]) for name in names]


def _pair(name: str, text: str) -> str:
    return f"{name} = {json.dumps(text, ensure_ascii=False)}"
